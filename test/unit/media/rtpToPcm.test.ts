import { describe, expect, it } from 'vitest';
import type { PcmChunk } from '../../../server/media/pcmChunk.ts';
import { RtpToPcm } from '../../../server/media/tap/rtpToPcm.ts';
import type { Clock } from '../../../server/streams/clock.ts';
import { noMetrics } from '../../../server/streams/metrics.ts';
import { correlation } from '../../fixtures/correlation.ts';
import { encodeOpus, type OpusOptions, type TimedPacket } from '../../fixtures/opusPackets.ts';
import { writeRtp } from '../../fixtures/rtpWriter.ts';
import { settle, VirtualClock } from '../../fixtures/virtualClock.ts';

const RATE = 16_000;
const WAY_MS = 10;
const LEVEL_ID = 6;
/** The least delay that Opus itself has, in samples. */
const OPUS_DELAY = 104;
const FADE_SAMPLES = 640;

/** A voice without words: a gliding buzz of eight harmonics that rises and falls four times a second. */
function glide(ms: number): Int16Array {
  return Int16Array.from({ length: (ms * RATE) / 1000 }, (_, at) => {
    const seconds = at / RATE;
    const phase = 2 * Math.PI * (300 * seconds + 40 * seconds * seconds);
    let buzz = 0;
    for (let harmonic = 1; harmonic <= 8; harmonic += 1) {
      buzz += Math.sin(harmonic * phase + harmonic * harmonic) / harmonic ** 0.7;
    }
    return 5000 * buzz * (0.6 - 0.4 * Math.cos(2 * Math.PI * 4 * seconds));
  });
}

function withTail(sound: Int16Array, ms: number): Int16Array {
  const longer = new Int16Array(sound.length + (ms * RATE) / 1000);
  longer.set(sound);
  return longer;
}

interface SendOptions extends OpusOptions {
  readonly loses?: (index: number) => boolean;
  /** Extra delay, ms. */
  readonly delays?: (index: number) => number;
  readonly firstSequence?: number;
  readonly firstTimestamp?: number;
  readonly ssrc?: number;
  /** When its first sample is spoken. */
  readonly atMs?: number;
}

class Stage {
  readonly clock = new VirtualClock();
  readonly tap: RtpToPcm;
  readonly chunks: PcmChunk[] = [];
  /** When each chunk was read. */
  readonly readMs: number[] = [];
  readonly ended: Promise<void>;

  constructor({ reads = true } = {}) {
    this.tap = new RtpToPcm({
      audioLevelId: LEVEL_ID,
      captureTimeId: undefined,
      roomNowMs: () => this.clock.nowMs(),
      clock: this.clock,
      metrics: noMetrics,
    });
    this.ended = reads ? this.#read() : Promise.resolve();
  }

  send(sound: Int16Array, options: SendOptions = {}): TimedPacket[] {
    const { loses = () => false, delays = () => 0, firstSequence = 65_500, firstTimestamp = 0xffff_f000 } = options;
    const { ssrc = 1, atMs = 0, frameMs = 20 } = options;
    const packets = encodeOpus({ pcm: sound, sampleRate: RATE }, options);
    for (const [index, { payload, startMs, levelDbov }] of packets.entries()) {
      if (loses(index)) continue;
      const datagram = writeRtp({
        payloadType: 111,
        sequence: firstSequence + index,
        timestamp: firstTimestamp + startMs * 48,
        ssrc,
        payload,
        extensions: [[LEVEL_ID, Uint8Array.of(-levelDbov)]],
      });
      this.clock.after(atMs + startMs + frameMs + WAY_MS + delays(index), () => this.tap.push(datagram));
    }
    return packets;
  }

  /** All that was read, checked to be without a hole. */
  get pcm(): Int16Array {
    const last = this.chunks.at(-1);
    const all = new Int16Array(last === undefined ? 0 : last.startSample + last.pcm.length);
    let next = 0;
    for (const { pcm, startSample } of this.chunks) {
      expect(startSample).toBe(next);
      all.set(pcm, startSample);
      next += pcm.length;
    }
    return all;
  }

  ms(origin: PcmChunk['origin']): number {
    const samples = this.chunks
      .filter((chunk) => chunk.origin === origin)
      .reduce((sum, { pcm }) => sum + pcm.length, 0);
    return (samples * 1000) / RATE;
  }

  /** How like the source the tap is between two times, the codec's own delay allowed for. */
  likeness(source: Int16Array, fromMs: number, toMs: number): number {
    const [from, to] = [(fromMs * RATE) / 1000, (toMs * RATE) / 1000];
    return correlation(source.subarray(from, to), this.pcm.subarray(from + OPUS_DELAY, to + OPUS_DELAY));
  }

  async #read(): Promise<void> {
    for await (const chunk of this.tap.chunks) {
      this.chunks.push(chunk);
      this.readMs.push(this.clock.nowMs());
    }
  }
}

/** A clock whose timers run when the loop comes round to them. */
class HeldUpLoop implements Clock {
  #nowMs = 0;
  #timers: { readonly atMs: number; readonly task: () => void }[] = [];

  readonly nowMs = (): number => this.#nowMs;

  wallMs(): number {
    return this.#nowMs;
  }

  after(ms: number, task: () => void): () => void {
    const timer = { atMs: this.#nowMs + ms, task };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  goTo(ms: number): void {
    this.#nowMs = Math.max(this.#nowMs, ms);
  }

  runTimers(): void {
    const due = this.#timers.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#timers = this.#timers.filter(({ atMs }) => atMs > this.#nowMs);
    for (const { task } of due) task();
  }
}

describe('RtpToPcm', () => {
  it('passes packets in order at once, as PCM with the level and the time at which they were spoken', async () => {
    const stage = new Stage();
    const source = glide(2000);
    const packets = stage.send(source);
    await stage.clock.advance(2050);
    expect(stage.likeness(source, 200, 1900)).toBeGreaterThan(0.95);
    expect(stage.chunks).toHaveLength(100);
    for (const [index, chunk] of stage.chunks.entries()) {
      expect(chunk).toMatchObject({ origin: 'heard', levelDbov: packets[index]?.levelDbov });
      expect(chunk.startMs).toBeCloseTo(index * 20 + WAY_MS, 3);
      expect(stage.readMs[index]).toBe(index * 20 + 20 + WAY_MS);
    }
  });

  it.each([10, 20, 40, 60] as const)('takes packets of %i ms', async (frameMs) => {
    const stage = new Stage();
    const source = glide(1200);
    stage.send(source, { frameMs });
    await stage.clock.advance(1300);
    expect(stage.ms('heard')).toBe(1200);
    expect(stage.likeness(source, 240, 1140)).toBeGreaterThan(0.95);
  });

  it('mixes stereo down', async () => {
    const stage = new Stage();
    const source = glide(1000);
    stage.send(source, { stereo: true, bitrate: 64_000 });
    await stage.clock.advance(1050);
    expect(stage.likeness(source, 200, 900)).toBeGreaterThan(0.95);
  });

  it('loses nothing to reordering and jitter up to 100 ms', async () => {
    const stage = new Stage();
    const source = glide(3000);
    stage.send(source, { delays: (index) => (index === 0 ? 0 : ((index * 7919) % 6) * 20) });
    await stage.clock.advance(3200);
    expect(stage.tap.stats).toMatchObject({ lostPackets: 0, latePackets: 0, heardMs: 3000 });
    expect(stage.likeness(source, 200, 2900)).toBeGreaterThan(0.95);
  });

  it('loses nothing to a stream that comes 150 ms late at times', async () => {
    const stage = new Stage();
    stage.send(glide(4000), { delays: (index) => (index % 50 < 40 ? 0 : Math.max(0, 150 - (index % 10) * 20)) });
    await stage.clock.advance(4200);
    expect(stage.tap.stats).toMatchObject({ lostPackets: 0, latePackets: 0, silenceMs: 0, heardMs: 4000 });
  });

  it('takes a retransmission that comes within 120 ms of the gap', async () => {
    const stage = new Stage();
    stage.send(glide(1000), { delays: (index) => (index === 20 ? 130 : 0) });
    await stage.clock.advance(1050);
    expect(stage.tap.stats).toMatchObject({ lostPackets: 0, heardMs: 1000 });
    expect(Math.max(...stage.readMs.slice(20, 27))).toBe(20 * 20 + 20 + WAY_MS + 130);
  });

  it('rebuilds a lost packet from what the next one carries of it, or else conceals it', async () => {
    const source = glide(6000);
    const heard = async (fec: boolean) => {
      const stage = new Stage();
      stage.send(source, { fec, loses: (index) => index % 10 === 7 });
      await stage.clock.advance(6200);
      expect(stage.tap.stats.lostPackets).toBe(30);
      return stage;
    };
    const [rebuilt, concealed] = [await heard(true), await heard(false)];
    expect(rebuilt.tap.stats.recoveredMs).toBeGreaterThan(400);
    expect(concealed.tap.stats).toMatchObject({ recoveredMs: 0, concealedMs: 600 });
    expect(rebuilt.ms('concealed')).toBe(600);
    const likeness = (stage: Stage) => {
      const lost = stage.chunks.filter(({ origin }) => origin === 'concealed');
      return (
        lost.reduce(
          (sum, { startSample }) => sum + stage.likeness(source, startSample / 16, startSample / 16 + 20),
          0,
        ) / 30
      );
    };
    expect(likeness(rebuilt)).toBeGreaterThan(likeness(concealed));
  });

  it('fades a long loss out and is silent, and keeps the times of what follows', async () => {
    const stage = new Stage();
    const source = glide(6000);
    stage.send(source, { fec: false, loses: (index) => index >= 75 && index < 225 });
    await stage.clock.advance(6200);
    expect(stage.ms('silence')).toBeGreaterThan(2900);
    expect(stage.ms('silence') + stage.ms('concealed')).toBe(3000);
    expect(stage.likeness(source, 4700, 5900)).toBeGreaterThan(0.95);
    const faded = stage.chunks.find(({ origin }) => origin === 'concealed')?.pcm ?? new Int16Array(0);
    const peak = (pcm: Int16Array) => pcm.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    expect(peak(faded.subarray(0, 160))).toBeGreaterThan(1000);
    expect(peak(faded.subarray(-16))).toBeLessThan(200);
    const after = stage.chunks.find(({ startSample }) => startSample >= 4.6 * RATE);
    expect((after?.startMs ?? 0) - ((after?.startSample ?? 0) * 1000) / RATE).toBeCloseTo(WAY_MS, 1);
  });

  it('fills discontinuous transmission with silence by timestamps', async () => {
    const stage = new Stage();
    const source = new Int16Array(5 * RATE);
    source.set(glide(1000));
    source.set(glide(1000), 4 * RATE);
    const packets = stage.send(source, { dtx: true });
    expect(packets.length).toBeLessThan(170); // of 250
    await stage.clock.advance(5100);
    expect(stage.tap.stats).toMatchObject({ lostPackets: 0, latePackets: 0 });
    expect(stage.ms('silence')).toBeGreaterThan(1800);
    expect(stage.pcm).toHaveLength(source.length);
    expect(stage.likeness(source, 4100, 4900)).toBeGreaterThan(0.95);
  });

  it('tells silence that was announced from talk that breaks off', async () => {
    const silent = new Stage();
    silent.send(withTail(glide(1000), 2000), { dtx: true });
    await silent.clock.advance(2900);
    const announced = silent.chunks.filter((chunk) => chunk.announced);
    expect(announced[0]?.startMs).toBeLessThan(1500);
    expect(announced.every(({ origin }) => origin === 'silence')).toBe(true);
    expect(announced.reduce((sum, { pcm }) => sum + pcm.length, 0)).toBeGreaterThan(0.8 * RATE);
    const broken = new Stage();
    broken.send(glide(1000));
    await broken.clock.advance(4000);
    expect(broken.ms('silence')).toBeGreaterThan(1000);
    expect(broken.chunks.some((chunk) => chunk.announced)).toBe(false);
  });

  it('conceals nothing in silence: what is lost there is silent', async () => {
    const stage = new Stage();
    const source = new Int16Array(3 * RATE);
    source.set(glide(500));
    source.set(glide(500), 2.5 * RATE);
    const restart = encodeOpus({ pcm: source, sampleRate: RATE }, { dtx: true, fec: false }).findIndex(
      ({ startMs }) => startMs >= 2500,
    );
    stage.send(source, { dtx: true, fec: false, loses: (index) => index === restart });
    await stage.clock.advance(3200);
    expect(stage.tap.stats).toMatchObject({ lostPackets: 1, concealedMs: 0 });
  });

  it.each([
    ['120 ms behind real time where the sender announced silence, so that a pause is heard in time', true, 120],
    ['1020 ms behind real time where talk breaks off, for it may only be held up', false, 1020],
  ])('fills with silence while packets stop, %s', async (_where, announced, lagMs) => {
    const stage = new Stage();
    const quiet = announced ? 1000 : 0;
    const sound = new Int16Array(((1000 + quiet) * RATE) / 1000);
    sound.set(glide(1000));
    stage.send(sound, { dtx: true });
    await stage.clock.advance(1050 + quiet);
    for (let rounds = 0; rounds < 20; rounds += 1) {
      await stage.clock.advance(100);
      const behindMs = stage.clock.nowMs() - WAY_MS - (stage.pcm.length * 1000) / RATE;
      if (rounds > lagMs / 100) expect(behindMs).toBeLessThanOrEqual(lagMs + 100);
      if (rounds > lagMs / 100) expect(behindMs).toBeGreaterThanOrEqual(lagMs - 20);
    }
    expect(stage.chunks.at(-1)).toMatchObject({ origin: 'silence', levelDbov: undefined });
    expect(Math.max(...stage.pcm.subarray(sound.length + FADE_SAMPLES))).toBe(0);
  });

  it('loses nothing to a browser that is too busy to send for most of a second, and then sends all at once', async () => {
    for (const heldUpMs of [400, 900]) {
      const stage = new Stage();
      stage.send(glide(3000), { delays: (index) => Math.max(0, index >= 50 ? 1000 + heldUpMs - index * 20 : 0) });
      await stage.clock.advance(3100);
      expect(stage.tap.stats).toMatchObject({ lostPackets: 0, latePackets: 0, silenceMs: 0, heardMs: 3000 });
    }
  });

  it('tells what follows a loss from what follows a stop of the sender', async () => {
    const [lossy, stopped] = [new Stage(), new Stage()];
    lossy.send(glide(4000), { loses: (index) => index >= 50 && index < 150 });
    stopped.send(glide(1000));
    stopped.send(glide(1000), { atMs: 3000, firstSequence: 65_550, firstTimestamp: 0xffff_f000 + 3000 * 48 });
    for (const { clock } of [lossy, stopped]) await clock.advance(4300);
    const afterLoss = (stage: Stage) => stage.chunks.filter((chunk) => chunk.afterLoss && chunk.origin !== 'silence');
    expect(afterLoss(lossy).map(({ startMs }) => Math.round(startMs / 100))).toContain(30);
    expect(afterLoss(stopped)).toEqual([]);
    expect(stopped.tap.stats.silenceMs).toBeGreaterThan(1900);
  });

  it('keeps the place of a packet that is waited for', async () => {
    for (const missing of [100, 103, 106, 109]) {
      const stage = new Stage();
      stage.send(glide(3000), { delays: (index) => (index < 50 ? 0 : 150) + (index === missing ? 130 : 0) });
      await stage.clock.advance(3200);
      expect(stage.tap.stats).toMatchObject({ lostPackets: 0, latePackets: 0, silenceMs: 0, heardMs: 3000 });
    }
  });

  it('does not take the event loop’s own delay for silence: what came meanwhile is read first', () => {
    const loop = new HeldUpLoop();
    const tap = new RtpToPcm({
      audioLevelId: 6,
      captureTimeId: undefined,
      roomNowMs: loop.nowMs,
      clock: loop,
      metrics: noMetrics,
    });
    const packets = encodeOpus({ pcm: glide(2000), sampleRate: RATE });
    for (const [index, { payload, startMs }] of packets.entries()) {
      loop.goTo(startMs + 20);
      if (index === 50) loop.goTo(startMs + 20 + 400);
      loop.runTimers();
      tap.push(writeRtp({ payloadType: 111, sequence: index, timestamp: startMs * 48, ssrc: 1, payload }));
    }
    expect(tap.stats).toMatchObject({ latePackets: 0, silenceMs: 0, heardMs: 2000 });
    tap.close();
  });

  it('drops and counts packets of a time that has been filled, and goes on with the next', async () => {
    const stage = new Stage();
    stage.send(glide(3000), { delays: (index) => (index >= 50 && index < 130 ? (130 - index) * 20 : 0) });
    await stage.clock.advance(3100);
    expect(stage.tap.stats.latePackets).toBeGreaterThan(15);
    expect(stage.tap.stats.latePackets).toBeLessThan(35);
    expect(stage.chunks.filter(({ afterLoss }) => afterLoss)).not.toEqual([]);
    expect(stage.pcm).toHaveLength(3 * RATE);
  });

  it('follows a stream whose delay has grown for good, after a gap of no more than the growth', async () => {
    const stage = new Stage();
    stage.send(glide(6000), { delays: (index) => (index >= 100 ? 500 : 0) });
    await stage.clock.advance(6600);
    expect(stage.tap.stats.heardMs).toBeGreaterThanOrEqual(6000 - 500);
  });

  it('goes on after a pause, whether timestamps ran on or stood still', async () => {
    for (const standsStill of [true, false]) {
      const stage = new Stage();
      const source = glide(1000);
      stage.send(source);
      const firstTimestamp = 0xffff_f000 + (standsStill ? 1000 : 5000) * 48;
      stage.clock.after(5000, () => stage.tap.resumed());
      stage.send(source, { atMs: 5000, firstSequence: 65_550, firstTimestamp });
      await stage.clock.advance(6100);
      expect(stage.tap.stats).toMatchObject({ lostPackets: 0, latePackets: 0, heardMs: 2000 });
      const again = stage.pcm.subarray(5 * RATE + OPUS_DELAY);
      expect(correlation(source.subarray(3200, 14_000), again.subarray(3200, 14_000))).toBeGreaterThan(0.95);
    }
  });

  it('follows another synchronization source from its first packet on', async () => {
    const stage = new Stage();
    const source = glide(1000);
    stage.send(source);
    stage.send(source, { atMs: 1500, ssrc: 2, firstSequence: 20, firstTimestamp: 77 });
    await stage.clock.advance(2600);
    expect(stage.tap.stats).toMatchObject({ lostPackets: 0, latePackets: 0, heardMs: 2000 });
    expect(
      correlation(source.subarray(3200, 14_000), stage.pcm.subarray(1.5 * RATE + 3200 + OPUS_DELAY)),
    ).toBeGreaterThan(0.95);
  });

  it('counts duplicates and packets that are not Opus, and goes on', async () => {
    const stage = new Stage();
    const packets = stage.send(glide(1000), { loses: (index) => index === 25 });
    const broken = { payloadType: 111, sequence: 65_525, timestamp: 0xffff_f000 + 500 * 48, ssrc: 1 };
    stage.clock.after(530, () => stage.tap.push(writeRtp({ ...broken, payload: Uint8Array.of(0xff, 0x3f, 1, 2) })));
    stage.clock.after(531, () => stage.tap.push(Buffer.from('not RTP at all')));
    await stage.clock.advance(1100);
    expect(packets).toHaveLength(50);
    expect(stage.tap.stats).toMatchObject({ corruptPackets: 1, heardMs: 980 });
    expect(stage.pcm).toHaveLength(RATE);
  });

  it('drops the oldest sound, and says how much, when nobody reads for more than 2 s', async () => {
    const stage = new Stage({ reads: false });
    stage.send(glide(3000));
    await stage.clock.advance(3030);
    expect(stage.tap.stats.droppedMs).toBe(1000);
    const reading = stage.tap.chunks[Symbol.asyncIterator]();
    expect((await reading.next()).value).toMatchObject({ startSample: RATE });
  });

  it('gives what waits behind a gap before it ends, and takes nothing afterwards', async () => {
    const stage = new Stage();
    stage.send(glide(500), { loses: (index) => index === 22 });
    await stage.clock.advance(520);
    const heldBack = stage.pcm.length;
    stage.tap.close();
    stage.tap.close();
    await stage.ended;
    expect(heldBack).toBe(22 * 320);
    expect(stage.pcm.length).toBe(25 * 320);
    await stage.clock.advance(2000);
    await settle();
    expect(stage.pcm.length).toBe(25 * 320);
  });
});
