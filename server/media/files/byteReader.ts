const nothing = new Uint8Array(0);

/** Reads a stream of pieces by counts of bytes. Holds no more than the most that was asked for and one piece. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #pending: Uint8Array = nothing;
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next bytes without taking them; fewer at the end. */
  async peek(count: number): Promise<Uint8Array> {
    while (this.#pending.length < count && !this.#ended) await this.#pull();
    return this.#pending.subarray(0, count);
  }

  /** Takes the next bytes; fewer at the end. */
  async take(count: number): Promise<Uint8Array> {
    const bytes = await this.peek(count);
    this.#pending = this.#pending.subarray(bytes.length);
    return bytes;
  }

  /** Takes what is there, `most` bytes at the most; empty at the end. */
  async takeSome(most: number): Promise<Uint8Array> {
    await this.peek(1);
    return this.take(Math.min(most, this.#pending.length));
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      const skipped = await this.takeSome(left);
      if (skipped.length === 0) return;
      left -= skipped.length;
    }
  }

  async *rest(): AsyncGenerator<Uint8Array, void, void> {
    for (let piece = await this.takeSome(65_536); piece.length > 0; piece = await this.takeSome(65_536)) yield piece;
  }

  async #pull(): Promise<void> {
    const next = await this.#source.next();
    if (next.done === true) this.#ended = true;
    else if (this.#pending.length === 0) this.#pending = next.value;
    else this.#pending = Buffer.concat([this.#pending, next.value]);
  }
}
