const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** A page of this machine's own address: that means another machine to everyone else. */
export const isOnThisMachine = (hostname = globalThis.location.hostname): boolean => LOOPBACK.includes(hostname);

/**
 * The server's best address for other machines, `https://192.168.1.5:3443`, by `GET /api/links`.
 * `undefined` where it knows none or does not tell. Never rejects.
 */
export async function networkOrigin(signal: AbortSignal, ask = globalThis.fetch): Promise<string | undefined> {
  try {
    const response = await ask('/api/links', { signal });
    if (!response.ok) return undefined;
    const { links }: { links?: unknown } = await response.json();
    const best: unknown = Array.isArray(links) ? links[0] : undefined;
    return typeof best === 'string' ? new URL(best).origin : undefined;
  } catch {
    return undefined;
  }
}
