/** Makes counters of `bits` width that wrap into numbers that do not: each value is taken as the nearest to the highest so far. */
export class Unwrapper {
  readonly #span: number;
  #highest: number | undefined;

  constructor(bits: 16 | 32) {
    this.#span = 2 ** bits;
  }

  unwrap(value: number): number {
    if (this.#highest === undefined) {
      this.#highest = value;
      return value;
    }
    const span = this.#span;
    const ahead = (((value - this.#highest) % span) + span) % span;
    const unwrapped = this.#highest + (ahead < span / 2 ? ahead : ahead - span);
    this.#highest = Math.max(this.#highest, unwrapped);
    return unwrapped;
  }

  reset(): void {
    this.#highest = undefined;
  }
}
