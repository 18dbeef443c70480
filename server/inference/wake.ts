import type { Clock } from '../streams/clock.ts';
import { onAbort } from '../streams/onAbort.ts';

/** A pause of `ms` that ends early with `signal`. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      forgetTimer();
      forgetSignal();
      resolve();
    };
    const forgetTimer = clock.after(ms, finish);
    const forgetSignal = onAbort(signal, finish);
  });
}

/** Lets one sleeper be woken; a call while nobody sleeps is remembered by the promise that was taken before. */
export class Wake {
  #wake: () => void = () => {};

  /** Take it before looking, await it after: what happens in between is not missed. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  now(): void {
    this.#wake();
  }
}
