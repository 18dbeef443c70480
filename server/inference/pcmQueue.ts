/** Mono 16 kHz. */
export const SAMPLES_PER_MS = 16;

/** PCM on its way to a model: never longer than its limit; the oldest is dropped first, to the sample. */
export class PcmQueue {
  readonly #limitSamples: number;
  readonly #chunks: Int16Array[] = [];
  #samples = 0;

  constructor(limitMs: number) {
    this.#limitSamples = limitMs * SAMPLES_PER_MS;
  }

  get samples(): number {
    return this.#samples;
  }

  /** Returns the samples dropped from the front to make room. `pcm` is kept, not copied: do not write to it again. */
  push(pcm: Int16Array): number {
    this.#chunks.push(pcm);
    this.#samples += pcm.length;
    const excess = Math.max(0, this.#samples - this.#limitSamples);
    this.#cut(excess);
    return excess;
  }

  /** At most `maxSamples` from the front, as little-endian INT16. */
  take(maxSamples: number): Buffer {
    return Buffer.concat(this.#cut(Math.min(maxSamples, this.#samples)).map(bytesOf));
  }

  /** Empties the queue; returns the samples thrown away. */
  clear(): number {
    const samples = this.#samples;
    this.#cut(samples);
    return samples;
  }

  #cut(count: number): Int16Array[] {
    const taken: Int16Array[] = [];
    let left = count;
    while (left > 0) {
      const [head] = this.#chunks;
      if (head === undefined) break;
      const piece = head.subarray(0, left);
      if (piece.length === head.length) this.#chunks.shift();
      else this.#chunks[0] = head.subarray(left);
      taken.push(piece);
      left -= piece.length;
    }
    this.#samples -= count;
    return taken;
  }
}

function bytesOf(pcm: Int16Array): Buffer {
  return Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
}
