import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AudioTap } from '../../../server/media/audioTap.ts';
import type { PcmChunk } from '../../../server/media/pcmChunk.ts';
import type { Sfu } from '../../../server/sfu/sfu.ts';
import { systemClock } from '../../../server/streams/clock.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { noMetrics } from '../../../server/streams/metrics.ts';
import { locate } from '../../fixtures/correlation.ts';
import { DirectRouter } from '../../fixtures/directRouter.ts';
import { lacks, NO_TEST_DATA } from '../../fixtures/lacks.ts';
import type { TimedPacket } from '../../fixtures/opusPackets.ts';
import { encodeSpeech, randomLoss, type SpeakOptions, speakInto } from '../../fixtures/rtpSpeaker.ts';
import { openSfu } from '../../fixtures/sfu.ts';
import { dataFile, hasTestData } from '../../fixtures/testData.ts';
import { readWav, type Sound } from '../../fixtures/wav.ts';

const RATE = 16_000;
const roomNowMs = () => performance.now();

let sfu: Sfu;
let router: DirectRouter;
beforeAll(async () => {
  sfu = await openSfu();
  router = new DirectRouter(await sfu.openRouter());
});
afterAll(() => sfu?.close());

function openTap(trackId: string, signal = new AbortController().signal): Promise<AudioTap> {
  return AudioTap.open({ router, trackId, roomNowMs, clock: systemClock, log: silentLog, metrics: noMetrics, signal });
}

async function collect(tap: AudioTap): Promise<PcmChunk[]> {
  const chunks: PcmChunk[] = [];
  for await (const chunk of tap.chunks) chunks.push(chunk);
  return chunks;
}

/** What a tap made of a sound, and where pieces of it came to lie. */
class Heard {
  readonly pcm: Int16Array;
  readonly stats: AudioTap['stats'];
  readonly #chunks: readonly PcmChunk[];
  readonly #startedMs: number;
  readonly #source: Sound;

  constructor(source: Sound, chunks: readonly PcmChunk[], stats: AudioTap['stats'], startedMs: number) {
    this.stats = stats;
    this.#source = source;
    this.#chunks = chunks;
    this.#startedMs = startedMs;
    const last = chunks.at(-1);
    this.pcm = new Int16Array(last === undefined ? 0 : last.startSample + last.pcm.length);
    let next = 0;
    for (const { pcm, startSample } of chunks) {
      expect(startSample).toBe(next);
      this.pcm.set(pcm, startSample);
      next += pcm.length;
    }
  }

  /** The second of the source that begins at `fromMs`: how like it is, and how wrong the room time told of it. */
  second(fromMs: number): { likeness: number; errorMs: number } {
    const from = (fromMs * RATE) / 1000;
    const { at, likeness } = locate(this.#source.pcm.subarray(from, from + RATE), this.pcm, from - 1600, from + 1600);
    const chunk = this.#chunks.findLast(({ startSample }) => startSample <= at);
    const toldMs = (chunk?.startMs ?? 0) + ((at - (chunk?.startSample ?? 0)) * 1000) / RATE;
    return { likeness, errorMs: toldMs - this.#startedMs - fromMs };
  }
}

interface Case extends SpeakOptions {
  readonly name: 'clean' | 'lossy' | 'repaired' | 'dropped' | 'reordered' | 'discontinuous';
}

const cases: readonly Case[] = [
  { name: 'clean' },
  { name: 'lossy', loses: randomLoss(0.05) },
  { name: 'repaired', loses: randomLoss(0.05), retransmitsAfterMs: 40 },
  { name: 'dropped', loses: (_, atMs) => atMs >= 4500 && atMs < 7500 },
  {
    name: 'reordered',
    delays: (index) => ((index * 7919) % 5) * 20,
    firstSequence: 65_400,
    firstTimestamp: 0xfff0_0000,
  },
  { name: 'discontinuous', dtx: true },
];

describe.skipIf(lacks(hasTestData, NO_TEST_DATA))(
  'AudioTap on a real worker, hearing jfk.wav (skipped where the test data is absent)',
  () => {
    const heard = new Map<string, Heard>();
    const hear = (name: Case['name']) => heard.get(name) as Heard;

    beforeAll(async () => {
      const source = await readWav(dataFile('speech/en/jfk.wav'));
      const speeches: TimedPacket[][] = [];
      for (const options of cases) speeches.push(await encodeSpeech(source, options));
      const collected = await Promise.all(
        cases.map(async (options, index) => {
          const { producer } = await router.publish();
          const tap = await openTap(producer.id);
          const chunks = collect(tap);
          const speaker = await speakInto(router, speeches[index] ?? [], { ...options, trackId: producer.id });
          await speaker.finished;
          producer.close();
          return { name: options.name, chunks: await chunks, stats: tap.stats, startedMs: speaker.startedMs };
        }),
      );
      for (const { name, chunks, stats, startedMs } of collected)
        heard.set(name, new Heard(source, chunks, stats, startedMs));
    });

    it('gives the words as they were spoken, at the time they were spoken', () => {
      for (const fromMs of [1000, 4000, 8500]) {
        const { likeness, errorMs } = hear('clean').second(fromMs);
        expect(likeness).toBeGreaterThan(0.95);
        expect(Math.abs(errorMs)).toBeLessThan(25);
      }
      expect(hear('clean').stats).toMatchObject({ lostPackets: 0, latePackets: 0, heardMs: 11_000 });
    });

    it('stays above 0.95 with one packet in twenty lost, thanks to in-band FEC', () => {
      const { stats } = hear('lossy');
      expect(stats.lostPackets).toBeGreaterThan(15);
      expect(stats.recoveredMs).toBeGreaterThan(150);
      expect(hear('lossy').second(1000).likeness).toBeGreaterThan(0.95);
      expect(hear('lossy').second(4000).likeness).toBeGreaterThan(0.95);
    });

    it('loses nothing where the sender repeats what mediasoup asks for again', () => {
      expect(hear('repaired').stats.lostPackets).toBeLessThanOrEqual(1);
      expect(hear('repaired').second(4000).likeness).toBeGreaterThan(0.95);
    });

    it('keeps the times of what follows three seconds of lost packets within 100 ms', () => {
      const { likeness, errorMs } = hear('dropped').second(8500);
      expect(likeness).toBeGreaterThan(0.95);
      expect(Math.abs(errorMs)).toBeLessThan(25);
      expect(hear('dropped').stats.silenceMs).toBeGreaterThan(2900);
    });

    it('puts reordered packets in order, across the wrap of sequence numbers and timestamps', () => {
      expect(hear('reordered').stats).toMatchObject({ lostPackets: 0, latePackets: 0, heardMs: 11_000 });
      expect(hear('reordered').second(8500).likeness).toBeGreaterThan(0.95);
    });

    it('fills discontinuous transmission with silence', () => {
      expect(hear('discontinuous').stats).toMatchObject({ lostPackets: 0, latePackets: 0 });
      expect(hear('discontinuous').pcm).toHaveLength(11 * RATE);
      expect(Math.abs(hear('discontinuous').second(8500).errorMs)).toBeLessThan(25);
    });
  },
);

describe('AudioTap', () => {
  const tone: Sound = {
    pcm: Int16Array.from({ length: 8 * RATE }, (_, at) => 8000 * Math.sin(at / 6)),
    sampleRate: RATE,
  };

  it('goes on after the track was paused, with the pause as silence', async () => {
    const { producer } = await router.publish();
    const tap = await openTap(producer.id);
    const chunks = collect(tap);
    const speaker = await speakInto(
      router,
      { ...tone, pcm: tone.pcm.subarray(0, 2.4 * RATE) },
      { trackId: producer.id },
    );
    await new Promise((resolve) => setTimeout(resolve, 650));
    await producer.pause();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await producer.resume();
    await speaker.finished;
    producer.close();
    const all = await chunks;
    const silentMs = tap.stats.silenceMs;
    expect(silentMs).toBeGreaterThan(900);
    expect(silentMs).toBeLessThan(1500);
    const told = all.map(({ startMs, startSample }) => startMs - (startSample * 1000) / RATE);
    expect(Math.max(...told) - Math.min(...told)).toBeLessThan(30);
  });

  it('ends when its owner aborts, when the track ends, and with the router', async () => {
    const owner = new AbortController();
    const other = new DirectRouter(await sfu.openRouter());
    const tracks = await Promise.all([router.publish(), router.publish(), other.publish()]);
    const options = { roomNowMs, clock: systemClock, log: silentLog, metrics: noMetrics, signal: owner.signal };
    const taps = await Promise.all([
      openTap(tracks[0].producer.id, owner.signal),
      openTap(tracks[1].producer.id),
      AudioTap.open({ ...options, router: other, trackId: tracks[2].producer.id }),
    ]);
    owner.abort();
    tracks[1].producer.close();
    other.close();
    expect(await Promise.all(taps.map(collect))).toEqual([[], [], []]);
    await taps[0].close();
  });

  it('refuses a track that is not there', async () => {
    await expect(openTap('nobody')).rejects.toMatchObject({ code: 'track.not_found' });
    const { producer } = await router.publish();
    producer.close();
    await expect(openTap(producer.id)).rejects.toMatchObject({ code: 'track.not_found' });
  });
});
