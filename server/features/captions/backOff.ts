import type { Clock } from '../../streams/clock.ts';
import { onAbort } from '../../streams/onAbort.ts';

/** Pauses before one try after another: the first at once, then longer up to the last, which repeats. */
export class BackOff {
  readonly #clock: Clock;
  readonly #pausesMs: readonly number[];
  #tries = 0;

  constructor(clock: Clock, pausesMs: readonly number[]) {
    this.#clock = clock;
    this.#pausesMs = pausesMs;
  }

  /** It went well: the next pause is the first again. */
  reset(): void {
    this.#tries = 0;
  }

  /** Resolves after the next pause, or when `signal` aborts. */
  async pause(signal: AbortSignal): Promise<void> {
    const ms = this.#pausesMs[Math.min(this.#tries, this.#pausesMs.length - 1)] ?? 0;
    this.#tries += 1;
    if (ms > 0) await sleep(this.#clock, ms, signal);
  }
}

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
