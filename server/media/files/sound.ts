/** Decoded sound on its way to 16 kHz: mono, -1 to 1. */
export interface Sound {
  readonly samples: Float32Array;
  readonly sampleRate: number;
}

/** Channels to one, each with the same weight. */
export function mixDown(channels: readonly Float32Array[], length: number): Float32Array {
  const [only] = channels;
  if (channels.length === 1 && only !== undefined) return only.subarray(0, length);
  const mono = new Float32Array(length);
  for (const channel of channels) {
    for (let at = 0; at < length; at += 1) mono[at] = (mono[at] ?? 0) + (channel[at] ?? 0) / channels.length;
  }
  return mono;
}
