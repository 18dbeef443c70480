/** Makes counters of `bits` width that wrap into numbers that do not: each value is taken as the nearest to the highest so far. */
export class Unwrapper {
  readonly #span: number;
  #highest: number | undefined;

  constructor(bits: 16 | 32) {
    this.#span = 2 ** bits;
  }

  unwrap(value: number): number {
    const unwrapped = this.near(value);
    this.#highest = Math.max(this.#highest ?? unwrapped, unwrapped);
    return unwrapped;
  }

  /** The same without taking it into account. */
  near(value: number): number {
    if (this.#highest === undefined) return value;
    const span = this.#span;
    const ahead = (((value - this.#highest) % span) + span) % span;
    return this.#highest + (ahead < span / 2 ? ahead : ahead - span);
  }

  reset(): void {
    this.#highest = undefined;
  }
}
