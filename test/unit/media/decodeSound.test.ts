import { describe, expect, it } from 'vitest';
import { decodeSound } from '../../../server/media/files/decodeSound.ts';
import { sniffSound } from '../../../server/media/files/soundFormat.ts';
import { correlation, locate } from '../../fixtures/correlation.ts';
import { encodeOpus } from '../../fixtures/opusPackets.ts';
import { seededRandom } from '../../fixtures/random.ts';
import {
  id3Tag,
  mp3File,
  oggChecksum,
  oggFile,
  type WavSamples,
  wavFile,
  webmFile,
} from '../../fixtures/soundFiles.ts';
import { upsample } from '../../fixtures/wav.ts';

const RATE = 16_000;
const LENGTH = RATE;
/** A second of a gliding buzz. */
const voice = {
  pcm: Int16Array.from({ length: LENGTH }, (_, at) => {
    const phase = 2 * Math.PI * (300 * (at / RATE) + 60 * (at / RATE) ** 2);
    return 3000 * (Math.sin(phase) + Math.sin(2 * phase + 1) + Math.sin(3 * phase + 2) + Math.sin(5 * phase + 3));
  }),
  sampleRate: RATE,
};
const packets = encodeOpus(voice);
/** What the encoder looks ahead and a player must skip: 6.5 ms. */
const PRE_SKIP = 312;

async function* inPieces(file: Uint8Array, bytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += bytes) yield file.subarray(at, at + bytes);
}

async function decode(file: Uint8Array, pieceBytes = 10_000): Promise<Int16Array> {
  const pcm: number[] = [];
  for await (const piece of decodeSound(inPieces(file, pieceBytes))) pcm.push(...piece);
  return Int16Array.from(pcm);
}

/** How like the voice it is, from `from` on. */
function likeness(pcm: Int16Array, from = 1600): number {
  return correlation(voice.pcm.subarray(from, pcm.length - 320), pcm.subarray(from, pcm.length - 320));
}

describe('a WAV file', () => {
  it.each(['int8', 'int16', 'int24', 'int32', 'float32', 'float64'] as const)(
    'of %s is read',
    async (samples: WavSamples) => {
      for (const options of [{ channels: 1 }, { channels: 2 }, { channels: 5, extensible: true }]) {
        const pcm = await decode(wavFile(voice, { samples, ...options }));
        expect(pcm).toHaveLength(LENGTH);
        expect(likeness(pcm)).toBeGreaterThan(0.999);
      }
    },
  );

  it('of another rate is brought to 16 kHz', async () => {
    const pcm = await decode(wavFile(upsample(voice, 3)));
    expect(pcm).toHaveLength(LENGTH);
    expect(likeness(pcm)).toBeGreaterThan(0.995);
  });

  it('is read to its end where its length was never filled in, and as far as it goes where it breaks off', async () => {
    for (const dataLength of [0, 0xffff_ffff]) {
      expect((await decode(wavFile(voice, { dataLength }))).length).toBeGreaterThanOrEqual(LENGTH);
    }
    expect(await decode(wavFile(voice).subarray(0, 20_000))).toHaveLength(Math.floor((20_000 - 56) / 2));
  });

  it('of any other coding, or without sound, yields nothing', async () => {
    const compressed = wavFile(voice);
    compressed.writeUInt16LE(2, compressed.indexOf('fmt ') + 8); // ADPCM
    expect(await decode(compressed)).toHaveLength(0);
    expect(await decode(wavFile({ pcm: new Int16Array(0), sampleRate: RATE }))).toHaveLength(0);
  });
});

describe('an Ogg Opus file', () => {
  it('is read without the encoder’s delay, in pieces of any size', async () => {
    for (const pieceBytes of [100_000, 977]) {
      const pcm = await decode(oggFile(packets), pieceBytes);
      expect(pcm).toHaveLength(LENGTH - PRE_SKIP / 3);
      expect(likeness(pcm)).toBeGreaterThan(0.95);
    }
  });

  it('ends where its last page says, inside a packet too', async () => {
    expect(await decode(oggFile(packets, { endTicks: 50 * 960 - 600 }))).toHaveLength(LENGTH - (PRE_SKIP + 600) / 3);
    expect(await decode(oggFile(packets, { endTicks: PRE_SKIP + 24_000 }))).toHaveLength(RATE / 2);
  });

  it('is read behind a picture that spans pages', async () => {
    expect(likeness(await decode(oggFile(packets, { tagBytes: 300_000 })))).toBeGreaterThan(0.95);
  });

  it('is read in stereo, and one after another', async () => {
    const stereo = encodeOpus(voice, { stereo: true, bitrate: 96_000 });
    expect(likeness(await decode(oggFile(stereo, { channels: 2 })))).toBeGreaterThan(0.95);
    const chained = Buffer.concat([oggFile(packets), oggFile(stereo, { channels: 2, serial: 3 })]);
    expect(await decode(chained)).toHaveLength(2 * (LENGTH - PRE_SKIP / 3));
  });

  it('loses a broken page alone, and ends where it breaks off', async () => {
    const file = oggFile(packets, { packetsPerPage: 10 });
    const broken = Buffer.from(file);
    const page = broken.indexOf('OggS', broken.length >> 1);
    broken[page + 60] = (broken[page + 60] ?? 0) ^ 0xff;
    expect(await decode(broken)).toHaveLength(LENGTH - PRE_SKIP / 3 - 10 * 320);
    const cut = await decode(file.subarray(0, file.length >> 1));
    expect(cut.length).toBeGreaterThan(RATE / 4);
    expect(likeness(cut)).toBeGreaterThan(0.95);
  });

  it('of another codec yields nothing', async () => {
    const vorbis = oggFile(packets);
    vorbis.write('\x01vorbis!', vorbis.indexOf('OpusHead'), 'latin1');
    vorbis.writeUInt32LE(0, 22);
    vorbis.writeUInt32LE(oggChecksum(vorbis.subarray(0, vorbis.indexOf('OggS', 4))), 22);
    expect(await decode(vorbis)).toHaveLength(0);
  });
});

describe('a WebM file', () => {
  it.each([{}, { groups: true }, { video: true }, { live: true, video: true, groups: true }])(
    'is read: %o',
    async (options) => {
      for (const pieceBytes of [100_000, 977]) {
        const pcm = await decode(webmFile(packets, options), pieceBytes);
        expect(pcm).toHaveLength(LENGTH - PRE_SKIP / 3);
        expect(likeness(pcm)).toBeGreaterThan(0.95);
      }
    },
  );

  it('ends where it breaks off', async () => {
    const file = webmFile(packets, { live: true });
    const cut = await decode(file.subarray(0, file.length * 0.8));
    expect(cut.length).toBeGreaterThan(RATE / 4);
    expect(cut.length).toBeLessThan(RATE);
    expect(likeness(cut)).toBeGreaterThan(0.95);
  });

  it('without an Opus track yields nothing', async () => {
    const vorbis = webmFile(packets);
    vorbis.write('\x02vorbis!', vorbis.indexOf('OpusHead'), 'latin1');
    expect(await decode(vorbis)).toHaveLength(0);
  });
});

describe('an MP3 file', () => {
  it.each([
    [16_000, 1],
    [48_000, 3],
  ])('of %i Hz is read, a picture before it or not', async (_, factor) => {
    const sound = factor === 1 ? voice : upsample(voice, factor);
    const file = mp3File(sound);
    for (const picture of [Buffer.alloc(0), id3Tag(100_000)]) {
      const pcm = await decode(Buffer.concat([picture, file]));
      expect(pcm.length).toBeGreaterThanOrEqual(LENGTH);
      expect(pcm.length).toBeLessThan(1.2 * LENGTH);
      expect(locate(voice.pcm.subarray(8000, 11_000), pcm, 8000, 9500).likeness).toBeGreaterThan(0.95);
    }
  });
});

describe('decodeSound', () => {
  it('yields nothing for what is no sound', async () => {
    const random = seededRandom(17);
    const noise = Buffer.from(Array.from({ length: 50_000 }, () => Math.floor(random() * 256)));
    const texts = ['', 'RIFF', 'a letter', '<html>', '%PDF-1.7 …', 'OggS', 'ID3'].map((text) => Buffer.from(text));
    for (const file of [noise, ...texts, Buffer.alloc(10_000), Buffer.alloc(10_000, 0xff)]) {
      expect(sniffSound(noise)).toBeUndefined();
      expect(await decode(file)).toHaveLength(0);
    }
  });

  it('comes to an end with any broken file', async () => {
    const random = seededRandom(23);
    const whole = {
      wav: wavFile(voice),
      ogg: oggFile(packets),
      webm: webmFile(packets, { video: true }),
      mp3: mp3File(voice),
    };
    for (const file of Object.values(whole)) {
      for (let round = 0; round < 12; round += 1) {
        const broken = Buffer.from(file);
        for (let hit = 0; hit < 20; hit += 1)
          broken[8 + Math.floor(random() ** 3 * (broken.length - 8))] = Math.floor(random() * 256);
        await decode(broken).catch(() => {});
      }
    }
  });
});
