import { PCM_RATE } from '../pcmChunk.ts';
import { ByteReader } from './byteReader.ts';
import { Resampler } from './resampler.ts';
import type { Sound } from './sound.ts';
import { SNIFF_BYTES, type SoundFormat, sniffSound } from './soundFormat.ts';

type ReadFile = (reader: ByteReader) => AsyncGenerator<Sound, void, void>;

/** A decoder is loaded for the file that needs it: a thread is made for each. */
const readers: Readonly<Record<SoundFormat, () => Promise<ReadFile>>> = {
  wav: async () => (await import('./wavFile.ts')).readWavFile,
  ogg: async () => (await import('./oggFile.ts')).readOggFile,
  webm: async () => (await import('./webmFile.ts')).readWebmFile,
  mp3: async () => (await import('./mp3File.ts')).readMp3File,
};

/** A sound file's bytes as mono PCM at 16 kHz. Yields nothing for what is no sound; what breaks off ends there. */
export async function* decodeSound(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Int16Array<ArrayBuffer>, void, void> {
  const reader = new ByteReader(source);
  const format = sniffSound(await reader.peek(SNIFF_BYTES));
  if (format === undefined) return;
  const readFile = await readers[format]();
  let resampler: Resampler | undefined;
  let rate = PCM_RATE;
  for await (const { samples, sampleRate } of readFile(reader)) {
    if (sampleRate !== rate) {
      if (resampler !== undefined) yield toPcm(resampler.end());
      resampler = sampleRate === PCM_RATE ? undefined : new Resampler(sampleRate);
      rate = sampleRate;
    }
    yield toPcm(resampler?.push(samples) ?? samples);
  }
  if (resampler !== undefined) yield toPcm(resampler.end());
}

function toPcm(samples: Float32Array): Int16Array<ArrayBuffer> {
  return Int16Array.from(samples, (sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))));
}
