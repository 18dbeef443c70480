import type { PcmChunk } from '../../media/pcmChunk.ts';

/** Digital silence in RFC 6464's scale. */
export const SILENCE_DBOV = -127;
const FULL_SCALE = 32_768;

/** Level of a chunk in dBov, -127 to 0: the sender's own (RFC 6464), else the root mean square of the PCM. */
export function soundLevelDbov(chunk: PcmChunk): number {
  if (chunk.origin === 'silence') return SILENCE_DBOV;
  return chunk.levelDbov ?? rmsDbov(chunk.pcm);
}

/** Root mean square of mono INT16 PCM, dB below a full-scale square wave (RFC 6465). */
export function rmsDbov(pcm: Int16Array): number {
  let energy = 0;
  for (const sample of pcm) energy += sample * sample;
  if (energy === 0) return SILENCE_DBOV;
  return Math.max(SILENCE_DBOV, 20 * Math.log10(Math.sqrt(energy / pcm.length) / FULL_SCALE));
}
