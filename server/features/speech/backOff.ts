import type { Clock } from '../../streams/clock.ts';
import { sleep } from '../../streams/sleep.ts';

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
