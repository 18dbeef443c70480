import type { types } from 'mediasoup';

/** RFC 8445 §5.1.2.1: the local preference stands in bits 8-23; one step lower each address. */
const LOWER_PRIORITY = 1 << 8;

/**
 * The workers' sockets listen on every interface, so each address that leads here is a candidate on the same ports.
 * UDP of every address stands before TCP, as `candidates` do.
 */
export function announce(
  candidates: readonly types.IceCandidate[],
  addresses: readonly string[],
): types.IceCandidate[] {
  return candidates.flatMap((candidate) =>
    addresses.map((address, index) => ({
      ...candidate,
      foundation: `${candidate.foundation}${index}`,
      priority: candidate.priority - index * LOWER_PRIORITY,
      address,
      ip: address,
    })),
  );
}
