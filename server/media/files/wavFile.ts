import type { ByteReader } from './byteReader.ts';
import { mixDown, type Sound } from './sound.ts';

const FORMAT_PCM = 1;
const FORMAT_FLOAT = 3;
/** The real format stands in the first two bytes of the sub-format's GUID. */
const FORMAT_EXTENSIBLE = 0xfffe;
const MAX_FORMAT_BYTES = 1024;
/** A writer that could not go back to fill the length in leaves one of these, and the sound reaches to the end. */
const UNKNOWN_LENGTHS = [0, 0xffff_ffff];
const FRAMES_AT_ONCE = 8192;

interface WavFormat {
  readonly channels: number;
  readonly sampleRate: number;
  readonly bytesPerFrame: number;
  readonly sampleAt: (view: DataView, at: number) => number;
}

/** RIFF or RF64 WAVE: PCM of 8 to 32 bits, float of 32 or 64. Yields nothing where it is something else. */
export async function* readWavFile(reader: ByteReader): AsyncGenerator<Sound, void, void> {
  await reader.skip(12);
  let format: WavFormat | undefined;
  for (let header = await reader.take(8); header.length === 8; header = await reader.take(8)) {
    const { id, length } = chunkHeader(header);
    if (id === 'fmt ' && length <= MAX_FORMAT_BYTES) {
      format = parseFormat(await reader.take(length));
      await reader.skip(length & 1);
    } else if (id === 'data') {
      if (format !== undefined) yield* readFrames(reader, format, UNKNOWN_LENGTHS.includes(length) ? Infinity : length);
      return;
    } else {
      await reader.skip(length + (length & 1));
    }
  }
}

async function* readFrames(reader: ByteReader, format: WavFormat, length: number): AsyncGenerator<Sound, void, void> {
  const { bytesPerFrame, channels, sampleRate, sampleAt } = format;
  const bytesPerSample = bytesPerFrame / channels;
  for (let left = length; left >= bytesPerFrame; ) {
    const bytes = await reader.take(Math.min(FRAMES_AT_ONCE * bytesPerFrame, left - (left % bytesPerFrame || 0)));
    const frames = Math.floor(bytes.length / bytesPerFrame);
    if (frames === 0) return;
    left -= bytes.length;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const split = Array.from({ length: channels }, (_, channel) =>
      Float32Array.from({ length: frames }, (_, at) => sampleAt(view, at * bytesPerFrame + channel * bytesPerSample)),
    );
    yield { samples: mixDown(split, frames), sampleRate };
  }
}

function chunkHeader(bytes: Uint8Array): { id: string; length: number } {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { id: header.toString('latin1', 0, 4), length: header.readUInt32LE(4) };
}

function parseFormat(bytes: Uint8Array): WavFormat | undefined {
  if (bytes.length < 16) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = view.getUint16(0, true);
  const kind = tag === FORMAT_EXTENSIBLE && bytes.length >= 26 ? view.getUint16(24, true) : tag;
  const channels = view.getUint16(2, true);
  const sampleRate = view.getUint32(4, true);
  const bytesPerFrame = view.getUint16(12, true);
  const sampleAt = sampleReader(kind, bytesPerFrame / channels);
  const fits = channels >= 1 && channels <= 64 && sampleRate >= 1000 && sampleRate <= 768_000;
  return fits && sampleAt !== undefined ? { channels, sampleRate, bytesPerFrame, sampleAt } : undefined;
}

function sampleReader(kind: number, bytes: number): WavFormat['sampleAt'] | undefined {
  if (kind === FORMAT_FLOAT && bytes === 4) return (view, at) => finite(view.getFloat32(at, true));
  if (kind === FORMAT_FLOAT && bytes === 8) return (view, at) => finite(view.getFloat64(at, true));
  if (kind !== FORMAT_PCM) return undefined;
  if (bytes === 1) return (view, at) => (view.getUint8(at) - 128) / 128;
  if (bytes === 2) return (view, at) => view.getInt16(at, true) / 2 ** 15;
  if (bytes === 3) return (view, at) => (view.getInt16(at + 1, true) * 256 + view.getUint8(at)) / 2 ** 23;
  if (bytes === 4) return (view, at) => view.getInt32(at, true) / 2 ** 31;
  return undefined;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
