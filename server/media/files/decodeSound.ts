import { PCM_RATE } from '../pcmChunk.ts';
import { ByteReader } from './byteReader.ts';
import { readMp3File } from './mp3File.ts';
import { readOggFile } from './oggFile.ts';
import { Resampler } from './resampler.ts';
import type { Sound } from './sound.ts';
import { SNIFF_BYTES, type SoundFormat, sniffSound } from './soundFormat.ts';
import { readWavFile } from './wavFile.ts';
import { readWebmFile } from './webmFile.ts';

const readers: Readonly<Record<SoundFormat, (reader: ByteReader) => AsyncGenerator<Sound, void, void>>> = {
  wav: readWavFile,
  ogg: readOggFile,
  webm: readWebmFile,
  mp3: readMp3File,
};

/** A sound file's bytes as mono PCM at 16 kHz. Yields nothing for what is no sound; what breaks off ends there. */
export async function* decodeSound(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Int16Array<ArrayBuffer>, void, void> {
  const reader = new ByteReader(source);
  const format = sniffSound(await reader.peek(SNIFF_BYTES));
  if (format === undefined) return;
  let resampler: Resampler | undefined;
  let rate = PCM_RATE;
  for await (const { samples, sampleRate } of readers[format](reader)) {
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
