/** One stream's Opus decoder: mono, 16 kHz. Answers are fresh arrays. */
export interface OpusDecoder {
  /** Undefined for a packet that is not Opus; the decoder goes on. */
  decode(packet: Uint8Array): Int16Array<ArrayBuffer> | undefined;
  /** Invents `samples` of what was lost; a multiple of 2.5 ms (40 samples), 120 ms at most. */
  conceal(samples: number): Int16Array<ArrayBuffer>;
  /** Rebuilds the `samples` before `next` from what it carries of them (in-band FEC). To be called before `decode(next)`. */
  recover(next: Uint8Array, samples: number): Int16Array<ArrayBuffer> | undefined;
  /** Gives its memory back. Twice is once. */
  close(): void;
}
