import { MPEGDecoder } from 'mpg123-decoder';
import type { ByteReader } from './byteReader.ts';
import { mixDown, type Sound } from './sound.ts';

const TAG_HEADER_BYTES = 10;
/** A second or so of sound at a time. */
const BYTES_AT_ONCE = 16_384;

/** MP3 (and layers I and II). Broken frames are left out. */
export async function* readMp3File(reader: ByteReader): AsyncGenerator<Sound, void, void> {
  await skipTags(reader);
  const decoder = new MPEGDecoder();
  await decoder.ready;
  try {
    for (
      let bytes = await reader.takeSome(BYTES_AT_ONCE);
      bytes.length > 0;
      bytes = await reader.takeSome(BYTES_AT_ONCE)
    ) {
      const { channelData, samplesDecoded, sampleRate } = decoder.decode(bytes);
      if (samplesDecoded > 0) yield { samples: mixDown(channelData, samplesDecoded), sampleRate };
    }
  } finally {
    decoder.free();
  }
}

/** ID3v2 §3.1: a picture in it can be megabytes. */
async function skipTags(reader: ByteReader): Promise<void> {
  while (true) {
    const header = await reader.peek(TAG_HEADER_BYTES);
    if (header.length < TAG_HEADER_BYTES || Buffer.from(header.subarray(0, 3)).toString('latin1') !== 'ID3') return;
    const length = header.subarray(6, 10).reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
    await reader.skip(TAG_HEADER_BYTES + length);
  }
}
