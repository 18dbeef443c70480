const BLOCK_MS = 500;
const BLOCKS = 8;

/**
 * The level that a speaker's background falls to: the least of the last 4 s, in blocks of half a second
 * (minimum statistics: R. Martin, IEEE Trans. Speech Audio Process. 9(5), 2001). Speech has dips within 4 s; a fan has none.
 */
export class NoiseFloor {
  readonly #blocks: number[] = [];
  #blockMin = Number.POSITIVE_INFINITY;
  #blockMs = 0;

  /** dBov; undefined until half a second was heard. */
  get dbov(): number | undefined {
    return this.#blocks.length === 0 ? undefined : Math.min(...this.#blocks);
  }

  hear(levelDbov: number, durationMs: number): void {
    this.#blockMin = Math.min(this.#blockMin, levelDbov);
    this.#blockMs += durationMs;
    if (this.#blockMs < BLOCK_MS) return;
    this.#blocks.push(this.#blockMin);
    if (this.#blocks.length > BLOCKS) this.#blocks.shift();
    this.#blockMin = Number.POSITIVE_INFINITY;
    this.#blockMs = 0;
  }
}
