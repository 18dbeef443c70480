import type { types } from 'mediasoup';

const transports = new WeakMap<types.Router, Promise<types.DirectTransport>>();

/** The one DirectTransport that all taps of a router share. It closes with the router. */
export function tapTransport(router: types.Router): Promise<types.DirectTransport> {
  const known = transports.get(router);
  if (known !== undefined) return known;
  const opening = router.createDirectTransport();
  transports.set(router, opening);
  opening.catch(() => transports.delete(router));
  return opening;
}
