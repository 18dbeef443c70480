import type { Clock } from './clock.ts';

/** Settles with `promise`, or rejects with `late()` after `ms`. The promise itself goes on: cancel it where that matters. */
export function withDeadline<T>(clock: Clock, ms: number, promise: Promise<T>, late: () => unknown): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const forget = clock.after(ms, () => reject(late()));
    promise.then(resolve, reject).finally(forget);
  });
}
