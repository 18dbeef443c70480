import type { Clock } from './clock.ts';
import { onAbort } from './onAbort.ts';

/** Resolves after `ms`, or when `signal` aborts. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const forgetTimer = clock.after(ms, () => {
      forgetOwner();
      resolve();
    });
    const forgetOwner = onAbort(signal, () => {
      forgetTimer();
      resolve();
    });
  });
}
