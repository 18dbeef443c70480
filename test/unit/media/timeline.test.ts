import { describe, expect, it } from 'vitest';
import { Timeline } from '../../../server/media/tap/timeline.ts';
import { seededRandom } from '../../fixtures/random.ts';

const FRAME_MS = 20;
const FRAME_SAMPLES = 320;
const HOUR_MS = 3_600_000;

interface Sender {
  /** Timestamp of the first packet. */
  readonly firstTimestamp?: number;
  /** How much faster the sender's sound card runs than the room's clock. */
  readonly driftPpm?: number;
  /** Delay on the way at a room time, ms. */
  readonly delayMs?: (spokenMs: number) => number;
  /** Scatter of the sender reports, ms each way; no reports unless given. */
  readonly reportScatterMs?: number;
}

/** Speaks packets without end into a timeline; what was spoken when is known. */
class Talk {
  readonly timeline = new Timeline();
  /** Error of the told time, ms: minimum and maximum since `clear`. */
  errorMs = { min: 0, max: 0 };
  readonly #sender: Required<Omit<Sender, 'reportScatterMs'>> & Pick<Sender, 'reportScatterMs'>;
  readonly #random = seededRandom(11);
  #spokenMs = 0;
  #timestamp: number;
  #lastRoomMs = Number.NEGATIVE_INFINITY;
  #reportedMs = 0;

  constructor(sender: Sender = {}) {
    this.#sender = { firstTimestamp: 0, driftPpm: 0, delayMs: () => 10, ...sender };
    this.#timestamp = this.#sender.firstTimestamp;
  }

  get spokenMs(): number {
    return this.#spokenMs;
  }

  /** One packet; answers its start and what was told of its time, or undefined where it found no place. */
  packet(): number | undefined {
    const { delayMs } = this.#sender;
    const arrivedMs = this.#spokenMs + FRAME_MS + delayMs(this.#spokenMs);
    const start = this.timeline.place(this.#timestamp >>> 0, FRAME_SAMPLES, arrivedMs);
    if (start !== undefined) {
      if (start > this.timeline.position) this.timeline.advance(start - this.timeline.position);
      this.timeline.advance(Math.max(0, start + FRAME_SAMPLES - this.timeline.position));
      this.#check(start);
    }
    this.#report();
    this.skip(FRAME_MS);
    return start;
  }

  talk(ms: number): void {
    const untilMs = this.#spokenMs + ms;
    while (this.#spokenMs < untilMs) this.packet();
  }

  /** Time passes; the sender's clock runs on unless `timestampMs` says otherwise. */
  skip(ms: number, timestampMs = ms): void {
    this.#spokenMs += ms;
    this.#timestamp += timestampMs * 48 * (1 + this.#sender.driftPpm / 1e6);
  }

  clear(): void {
    this.errorMs = { min: 0, max: 0 };
  }

  #check(start: number): void {
    const roomMs = this.timeline.roomMs(start);
    if (roomMs <= this.#lastRoomMs) throw new Error('time went back');
    this.#lastRoomMs = roomMs;
    const error = roomMs - this.#spokenMs;
    this.errorMs = { min: Math.min(this.errorMs.min, error), max: Math.max(this.errorMs.max, error) };
  }

  #report(): void {
    const { reportScatterMs, driftPpm } = this.#sender;
    if (reportScatterMs === undefined || this.#spokenMs - this.#reportedMs < 5000) return;
    this.#reportedMs = this.#spokenMs;
    void driftPpm; // the timestamp has it already; the sender's computer keeps the room's time
    this.timeline.reported(9e9 + this.#spokenMs + (2 * this.#random() - 1) * reportScatterMs, this.#timestamp >>> 0);
  }
}

/** Delays as a busy wireless network makes them: mostly short, at times long. */
function jitter(random: () => number): () => number {
  return () => 10 + Math.min(120, -15 * Math.log(1 - random()));
}

describe('Timeline', () => {
  it('tells within 25 ms when each packet of an hour was spoken, though the clocks part by 100 ppm (360 ms)', () => {
    for (const driftPpm of [100, -100]) {
      const talk = new Talk({ driftPpm, delayMs: jitter(seededRandom(5)) });
      talk.talk(10_000);
      talk.clear();
      talk.talk(HOUR_MS);
      expect(talk.errorMs.min).toBeGreaterThan(-5);
      expect(talk.errorMs.max).toBeLessThan(25); // 10 ms of it are the way itself, which nobody can see
    }
  });

  it('is not led astray by scattered sender reports', () => {
    const talk = new Talk({ driftPpm: 100, delayMs: jitter(seededRandom(6)), reportScatterMs: 4 });
    talk.talk(10_000);
    talk.clear();
    talk.talk(HOUR_MS / 4);
    expect(talk.errorMs.min).toBeGreaterThan(-5);
    expect(talk.errorMs.max).toBeLessThan(25);
  });

  it('with sender reports sees a minute of longer delay for what it is; without, it follows slowly', () => {
    const delayMs = (spokenMs: number) => (spokenMs > 60_000 && spokenMs < 120_000 ? 160 : 10);
    const reported = new Talk({ delayMs, reportScatterMs: 2 });
    const blind = new Talk({ delayMs });
    for (const talk of [reported, blind]) talk.talk(130_000);
    expect(reported.errorMs.max).toBeLessThan(20);
    expect(blind.errorMs.max).toBeGreaterThan(100);
    expect(blind.errorMs.max).toBeLessThan(165);
  });

  it('crosses the wrap of timestamps', () => {
    const talk = new Talk({ firstTimestamp: 0xffff_ffff - 48 * 500 });
    talk.talk(1000);
    expect(talk.timeline.position).toBe(1000 * 16);
    expect(talk.errorMs.max).toBeLessThan(15);
  });

  it('keeps the times of what comes after three seconds of lost packets', () => {
    const talk = new Talk();
    talk.talk(5000);
    talk.skip(3000);
    expect(talk.packet()).toBe(8000 * 16);
    expect(talk.errorMs.max).toBeLessThan(15);
  });

  it('settles within half a second when the first packets were held up', () => {
    const talk = new Talk({ delayMs: (spokenMs) => Math.max(10, 200 - spokenMs) });
    talk.talk(700);
    talk.clear();
    talk.talk(1000);
    expect(talk.errorMs.max).toBeLessThan(15);
  });

  it('after a pause goes by the clock where timestamps stood still, and by the timestamps where they ran on', () => {
    for (const [stood, wantedMs] of [
      [true, 12_000],
      [false, 12_000],
    ] as const) {
      const talk = new Talk();
      talk.talk(2000);
      talk.skip(10_000, stood ? 0 : 10_000);
      talk.timeline.resumed();
      expect(talk.packet()).toBe(wantedMs * 16);
      talk.talk(1000);
      expect(talk.errorMs.max).toBeLessThan(15);
    }
  });

  it('finds out by itself that timestamps stood still: one packet is lost at most', () => {
    const talk = new Talk();
    talk.talk(2000);
    talk.skip(10_000, 0);
    expect(talk.packet()).toBeUndefined();
    expect(talk.packet()).toBe(12_020 * 16);
    talk.talk(1000);
    expect(talk.errorMs.max).toBeLessThan(15);
  });

  it('does not take a burst after a held-up network for another stream', () => {
    const talk = new Talk({ delayMs: (spokenMs) => (spokenMs >= 2000 && spokenMs < 4000 ? 4000 - spokenMs + 10 : 10) });
    talk.talk(2000);
    const places = Array.from({ length: 100 }, () => talk.packet());
    expect(places.slice(0, 40)).toEqual(new Array(40).fill(undefined)); // more than a second late
    expect(places[99]).toBe(3980 * 16);
    talk.talk(1000);
    expect(talk.errorMs.max).toBeLessThan(15);
  });

  it('goes by the clock when timestamps jump ahead, back, or to another stream', () => {
    for (const [jumpMs, restarted] of [
      [60_000, false],
      [-60_000, true],
      [100, true],
    ] as const) {
      const talk = new Talk({ firstTimestamp: 48 * 1e6 });
      talk.talk(2000);
      talk.skip(0, jumpMs);
      if (restarted) talk.timeline.restarted();
      expect(talk.packet()).toBe(2000 * 16);
      talk.talk(1000);
      expect(talk.errorMs.max).toBeLessThan(15);
    }
  });

  it('lets silence come to 100 ms and a packet behind real time, later where packets do or talk breaks off', () => {
    const steady = new Talk();
    steady.talk(2000);
    expect(steady.timeline.fillableUntil(3010, false)).toBe((3000 - 120) * 16);
    expect(steady.timeline.fillableUntil(4010, true)).toBe((4000 - 1020) * 16);
    const late = new Talk({ delayMs: (spokenMs) => (spokenMs % 1000 < 20 ? 410 : 10) });
    late.talk(2000);
    expect(late.timeline.fillableUntil(3010, false)).toBe((3000 - 400 - 50 - 20) * 16);
  });

  it('never lets silence be written before the first packet, nor twice', () => {
    const talk = new Talk();
    expect(talk.timeline.fillableUntil(10_000, false)).toBe(0);
    talk.talk(1000);
    expect(talk.timeline.fillableUntil(1000, false)).toBe(talk.timeline.position);
  });
});
