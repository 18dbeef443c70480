import type { Clock } from '../streams/clock.ts';

/** When each model last said something of its own accord: a model that talks need not be asked whether it lives. */
export class LifeSigns {
  readonly #clock: Clock;
  readonly #seenAtMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  saw(model: string): void {
    this.#seenAtMs.set(model, this.#clock.nowMs());
  }

  sinceMs(model: string): number {
    return this.#clock.nowMs() - (this.#seenAtMs.get(model) ?? Number.NEGATIVE_INFINITY);
  }
}
