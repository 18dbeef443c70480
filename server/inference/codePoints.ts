/** Places in a growing text: models count code points, JavaScript UTF-16 code units. */
export class CodePoints {
  /** Code points so far that take two units, by their place in code points. */
  readonly #pairs: number[] = [];
  #length = 0;

  append(text: string): void {
    for (const codePoint of text) {
      if (codePoint.length === 2) this.#pairs.push(this.#length);
      this.#length += 1;
    }
  }

  /** UTF-16 code units before the code point at `place`; places beyond the text are its end. */
  toUtf16(place: number): number {
    const within = Math.min(place, this.#length);
    let [low, high] = [0, this.#pairs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#pairs[middle] ?? 0) < within) low = middle + 1;
      else high = middle;
    }
    return within + low;
  }
}
