import { OPUS_CLOCK_RATE } from '../codecs/opusPacket.ts';
import { PCM_RATE } from '../pcmChunk.ts';
import { Unwrapper } from '../rtp/unwrapper.ts';
import { RoomTimeMap } from './roomTimeMap.ts';
import { SlidingMinimum } from './slidingMinimum.ts';
import { StreamClock } from './streamClock.ts';

const SAMPLES_PER_MS = PCM_RATE / 1000;
const TICKS_PER_MS = OPUS_CLOCK_RATE / 1000;
const TICKS_PER_SAMPLE = OPUS_CLOCK_RATE / PCM_RATE;

/** Nothing is sent before it is said: a packet this far ahead has new timestamps. */
const TOO_EARLY_MS = 500;
/** After a pause timestamps may have stood still, run on, or begun elsewhere; nearer than this they ran on. */
const SAME_AFTER_PAUSE_MS = 300;
/** In an announced pause silence fills what does not come this far behind real time, or as late as packets came lately. */
const FILL_LAG_MS = 100;
/**
 * In the middle of talk, or where packets come later than that, filling waits up to here: a busy browser or network hands
 * over all at once what it has held up. Later yet, packets are lost or their timestamps new.
 */
const MAX_FILL_LAG_MS = 1000;
const FILL_MARGIN_MS = 50;
const LATENESS_WINDOW_MS = 10_000;
/** A report about another time than now speaks of a stream that is no more. */
const MAX_REPORT_DISTANCE_MS = 60_000;

/**
 * The tap's line of samples: where packets lie on it by their timestamps, how far it has been written, and when it was spoken.
 * It only grows: nothing is ever written twice, and what is missing must be written as silence.
 */
export class Timeline {
  readonly #timestamps = new Unwrapper(32);
  readonly #clock = new StreamClock();
  /** Negated lateness of packets, ms. */
  readonly #lateness = new SlidingMinimum(LATENESS_WINDOW_MS);
  #map: RoomTimeMap | undefined;
  /** Samples to add to the stream's own. */
  #shift = 0;
  #position = 0;
  #packetMs = 20;
  #uncertain: 'no' | 'paused' | 'restarted' = 'no';
  #suspect: { readonly timestamp: number; readonly arrivedMs: number } | undefined;
  #lastStreamMs = 0;

  /** The next sample to be written. */
  get position(): number {
    return this.#position;
  }

  /**
   * Where a packet of `samples` begins, in samples; before `position` in part or whole when it comes late.
   * Undefined when it comes so late that it has no place.
   */
  place(timestamp: number, samples: number, arrivedMs: number): number | undefined {
    if (this.#map === undefined) return this.#begin(timestamp, samples, arrivedMs);
    const start = toSamples(this.#timestamps.near(timestamp)) + this.#shift;
    const lateMs = (this.#map.sampleAt(arrivedMs) - start - samples) / SAMPLES_PER_MS;
    if (this.#isAnotherStretch(lateMs) || (lateMs > MAX_FILL_LAG_MS && this.#comesInRealTime(timestamp, arrivedMs))) {
      return this.#begin(timestamp, samples, arrivedMs);
    }
    if (lateMs > MAX_FILL_LAG_MS) {
      this.#suspect = { timestamp, arrivedMs };
      return undefined;
    }
    this.#uncertain = 'no';
    this.#suspect = undefined;
    this.#learn(timestamp, samples, arrivedMs);
    this.#lateness.push(-lateMs, arrivedMs);
    return start;
  }

  /** Counts what has been written after `position`. */
  advance(samples: number): void {
    this.#position += samples;
  }

  /**
   * How far silence may be written now without taking the place of a packet that is on its way; `position` at least.
   * @param talking the last packet was sound: the sender has announced no silence
   */
  fillableUntil(nowMs: number, talking: boolean): number {
    if (this.#map === undefined) return this.#position;
    const latestMs = -(this.#lateness.value ?? 0);
    const learntMs = Math.max(FILL_LAG_MS, Math.min(latestMs + FILL_MARGIN_MS, MAX_FILL_LAG_MS));
    const lagMs = talking ? MAX_FILL_LAG_MS : learntMs;
    return Math.max(this.#position, Math.floor(this.#map.sampleAt(nowMs - lagMs - this.#packetMs)));
  }

  /** RoomClock at a sample. */
  roomMs(sample: number): number {
    return this.#map?.roomMs(sample) ?? 0;
  }

  /** The sender's clock, ms of any epoch, at a timestamp: of a sender report or abs-capture-time. */
  reported(senderMs: number, timestamp: number): void {
    if (this.#map === undefined) return;
    const streamMs = this.#timestamps.near(timestamp) / TICKS_PER_MS;
    if (Math.abs(streamMs - this.#lastStreamMs) < MAX_REPORT_DISTANCE_MS) this.#clock.reported(senderMs, streamMs);
  }

  /** Packets come again after the track was paused. */
  resumed(): void {
    if (this.#uncertain === 'no') this.#uncertain = 'paused';
  }

  /** Another stream takes over; its timestamps have nothing to do with the ones before. */
  restarted(): void {
    this.#uncertain = 'restarted';
  }

  #isAnotherStretch(lateMs: number): boolean {
    if (this.#uncertain === 'restarted' || lateMs < -TOO_EARLY_MS) return true;
    return this.#uncertain === 'paused' && Math.abs(lateMs) > SAME_AFTER_PAUSE_MS;
  }

  /** Tells timestamps that stood still (packets come as fast as they were spoken) from a held-up network (they come at once). */
  #comesInRealTime(timestamp: number, arrivedMs: number): boolean {
    if (this.#suspect === undefined) return false;
    const spokenMs = (timestamp - this.#suspect.timestamp) / TICKS_PER_MS;
    return spokenMs > 0 && arrivedMs - this.#suspect.arrivedMs > spokenMs / 2;
  }

  #begin(timestamp: number, samples: number, arrivedMs: number): number {
    const spokenMs = arrivedMs - samples / SAMPLES_PER_MS;
    this.#map ??= new RoomTimeMap(spokenMs, arrivedMs);
    this.#map.unsettle(arrivedMs);
    const start = Math.max(this.#position, Math.round(this.#map.sampleAt(spokenMs)));
    this.#timestamps.reset();
    this.#shift = start - toSamples(this.#timestamps.near(timestamp));
    this.#clock.reset();
    this.#lateness.clear();
    this.#uncertain = 'no';
    this.#suspect = undefined;
    this.#learn(timestamp, samples, arrivedMs);
    return start;
  }

  #learn(timestamp: number, samples: number, arrivedMs: number): void {
    this.#lastStreamMs = this.#timestamps.unwrap(timestamp) / TICKS_PER_MS;
    this.#packetMs = samples / SAMPLES_PER_MS;
    this.#clock.arrived(this.#lastStreamMs + this.#packetMs, arrivedMs);
    const offsetMs = this.#clock.offsetMs;
    if (offsetMs !== undefined) this.#map?.steer(offsetMs - this.#shift / SAMPLES_PER_MS, arrivedMs);
  }
}

function toSamples(ticks: number): number {
  return Math.round(ticks / TICKS_PER_SAMPLE);
}
