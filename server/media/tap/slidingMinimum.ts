/** The least value of the last `windowMs`. */
export class SlidingMinimum {
  readonly #windowMs: number;
  /** Values and times both ascending: what is older and not less can never be the least again. */
  #candidates: { value: number; atMs: number }[] = [];

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  get value(): number | undefined {
    return this.#candidates[0]?.value;
  }

  push(value: number, atMs: number): void {
    while ((this.#candidates.at(-1)?.value ?? Number.NEGATIVE_INFINITY) >= value) this.#candidates.pop();
    this.#candidates.push({ value, atMs });
    while ((this.#candidates[0]?.atMs ?? atMs) < atMs - this.#windowMs) this.#candidates.shift();
  }

  clear(): void {
    this.#candidates = [];
  }
}
