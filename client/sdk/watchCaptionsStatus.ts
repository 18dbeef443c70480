import type { CaptionsStatus } from '../../shared/protocol.ts';
import { Signaling } from './signaling.ts';

/** For a page before it joins: whether captions are on offer and in which languages. The answer stops watching. */
export function watchCaptionsStatus(
  options: { url?: string; token?: string },
  report: (status: CaptionsStatus) => void,
): () => void {
  const signaling = new Signaling({ url: options.url ?? globalThis.location.origin, token: options.token });
  signaling.events.on('captions:status', report);
  return () => signaling.close();
}
