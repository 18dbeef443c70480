import { describe, expect, it } from 'vitest';
import { LiveOpusDecoder } from '../../../server/media/codecs/liveOpusDecoder.ts';
import { hasInbandFec, isDtx, opusDuration } from '../../../server/media/codecs/opusPacket.ts';
import { lacks, NO_TEST_DATA } from '../../fixtures/lacks.ts';
import { encodeOpus } from '../../fixtures/opusPackets.ts';
import { seededRandom } from '../../fixtures/random.ts';
import { dataFile, hasTestData } from '../../fixtures/testData.ts';
import { readWav } from '../../fixtures/wav.ts';

const tone = { pcm: Int16Array.from({ length: 16_000 }, (_, at) => 8000 * Math.sin(at / 8)), sampleRate: 16_000 };

describe('opusDuration', () => {
  it.each([
    ['SILK, 60 ms', [0b0001_1000], 2880],
    ['SILK wideband, two of 20 ms', [0b0100_1001, 0], 1920],
    ['hybrid, 10 ms', [0b0110_0000], 480],
    ['CELT, 2.5 ms', [0b1000_0000], 120],
    ['CELT, three of 20 ms', [0b1111_1011, 0b0000_0011], 2880],
  ])('reads %s', (_, packet, ticks) => {
    expect(opusDuration(Uint8Array.from(packet))).toBe(ticks);
  });

  it('is 0 for an empty packet and for more than 120 ms', () => {
    expect(opusDuration(new Uint8Array(0))).toBe(0);
    expect(opusDuration(Uint8Array.of(0b1111_1011, 0b0011_1111))).toBe(0);
  });
});

describe('hasInbandFec', () => {
  it('tells the packets that carry the one before them', () => {
    const count = (fec: boolean) =>
      encodeOpus(tone, { fec, bitrate: 24_000 }).filter(({ payload }) => hasInbandFec(payload));
    expect(count(true).length).toBeGreaterThan(20);
    expect(count(false)).toHaveLength(0);
  });

  it('is never true of CELT, which has none', () => {
    expect(hasInbandFec(Uint8Array.of(0b1111_1000, 0xff, 0xff))).toBe(false);
  });
});

describe('LiveOpusDecoder', () => {
  it('decodes to 16 kHz, invents and rebuilds as many samples as asked for', () => {
    const decoder = new LiveOpusDecoder();
    const packets = encodeOpus(tone).map(({ payload }) => payload);
    for (const packet of packets.slice(0, 10)) expect(decoder.decode(packet)).toHaveLength(320);
    expect(decoder.conceal(40)).toHaveLength(40);
    expect(decoder.conceal(1920)).toHaveLength(1920);
    expect(decoder.recover(packets[12] ?? new Uint8Array(0), 320)).toHaveLength(320);
    decoder.close();
  });

  it('answers undefined for what is not Opus and goes on', () => {
    const decoder = new LiveOpusDecoder();
    const random = seededRandom(9);
    for (let round = 0; round < 2000; round += 1) {
      const packet = Uint8Array.from({ length: Math.floor(random() * 100) }, () => Math.floor(random() * 256));
      const decoded = decoder.decode(packet);
      if (decoded !== undefined) expect(decoded.length).toBeLessThanOrEqual(1920);
    }
    expect(decoder.decode(new Uint8Array(10_000))).toBeUndefined();
    expect(decoder.decode(encodeOpus(tone)[0]?.payload ?? new Uint8Array(0))).toHaveLength(320);
    decoder.close();
  });

  it('keeps streams apart, gives its memory back, and is deaf once closed', () => {
    const [first = new Uint8Array(0), second = new Uint8Array(0)] = encodeOpus(tone).map(({ payload }) => payload);
    const alone = new LiveOpusDecoder();
    const [one, two] = [alone.decode(first), alone.decode(second)];
    const others = Array.from({ length: 3 }, () => new LiveOpusDecoder());
    expect(others.map((decoder) => decoder.decode(first))).toEqual([one, one, one]);
    expect(others.map((decoder) => decoder.decode(second))).toEqual([two, two, two]);
    for (let round = 0; round < 20_000; round += 1) new LiveOpusDecoder().close(); // 360 MB were they kept
    others[0]?.close();
    others[0]?.close();
    expect(others[0]?.decode(first)).toBeUndefined();
    expect(isDtx(first)).toBe(false);
  });

  it.skipIf(lacks(hasTestData, NO_TEST_DATA))(
    'rebuilds lost speech at least 6 dB better than it conceals it',
    async () => {
      const { pcm } = await readWav(dataFile('speech/en/jfk.wav'));
      const packets = encodeOpus({ pcm, sampleRate: 16_000 }).map(({ payload }) => payload);
      const whole = decodeAll(packets, () => false, 'conceal');
      const lost = (index: number) => index % 10 === 7;
      const gainDb =
        noise(whole, decodeAll(packets, lost, 'conceal')) - noise(whole, decodeAll(packets, lost, 'recover'));
      expect(gainDb).toBeGreaterThan(6);
    },
  );
});

/** Frames of 20 ms, lost ones invented or rebuilt. */
function decodeAll(packets: Uint8Array[], lost: (index: number) => boolean, how: 'conceal' | 'recover'): Int16Array[] {
  const decoder = new LiveOpusDecoder();
  const frames = packets.map((packet, index) => {
    if (!lost(index)) return decoder.decode(packet);
    const next = packets[index + 1];
    return how === 'recover' && next !== undefined ? decoder.recover(next, 320) : decoder.conceal(320);
  });
  decoder.close();
  return frames.map((frame) => frame ?? new Int16Array(320));
}

/** Power of the difference in the lost frames, dB. */
function noise(wanted: Int16Array[], got: Int16Array[]): number {
  let power = 0;
  for (const [index, frame] of wanted.entries()) {
    if (index % 10 !== 7) continue;
    for (const [at, sample] of frame.entries()) power += (sample - (got[index]?.[at] ?? 0)) ** 2;
  }
  return 10 * Math.log10(power);
}
