/** Pieces closer than this to the line through the piece before them say nothing new. */
const TOLERANCE_MS = 0.5;

interface Piece {
  readonly sample: number;
  readonly value: number;
}

/**
 * A rising map in straight pieces, from samples of one time line to another scale: the RoomClock in ms, or the samples
 * of another time line. Between pieces it runs at `perSample`. Bounded: `forgetBefore` drops what nobody asks for any more.
 */
export class TimeMap {
  readonly #perSample: number;
  readonly #tolerance: number;
  readonly #pieces: Piece[] = [];

  /** Track samples to RoomClock ms. */
  static toMs(sampleRate: number): TimeMap {
    return new TimeMap(1000 / sampleRate, TOLERANCE_MS);
  }

  /** Samples of one time line to samples of another. */
  static toSamples(): TimeMap {
    return new TimeMap(1, 0);
  }

  private constructor(perSample: number, tolerance: number) {
    this.#perSample = perSample;
    this.#tolerance = tolerance;
  }

  /** From `sample` on, `sample` stands at `value`. Samples must not fall. */
  add(sample: number, value: number): void {
    const last = this.#pieces.at(-1);
    if (last === undefined) {
      this.#pieces.push({ sample, value });
      return;
    }
    const expected = last.value + (sample - last.sample) * this.#perSample;
    if (Math.abs(value - expected) > this.#tolerance) this.#pieces.push({ sample, value });
  }

  /** Before the first piece its line is drawn backwards. NaN before anything was added. */
  at(sample: number): number {
    const piece = this.#pieces[Math.max(0, this.#lastAtOrBefore(sample))];
    return piece === undefined ? Number.NaN : piece.value + (sample - piece.sample) * this.#perSample;
  }

  /** Pieces that end before `sample` go. */
  forgetBefore(sample: number): void {
    const first = this.#lastAtOrBefore(sample);
    if (first > 0) this.#pieces.splice(0, first);
  }

  get size(): number {
    return this.#pieces.length;
  }

  #lastAtOrBefore(sample: number): number {
    let low = 0;
    let high = this.#pieces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#pieces[middle]?.sample ?? Number.POSITIVE_INFINITY) <= sample) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
