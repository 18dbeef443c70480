import { SlidingMinimum } from './slidingMinimum.ts';

/** Short: without the sender's clock only this tells drift (100 ppm are 1.5 ms in it) from delay. */
const ARRIVAL_WINDOW_MS = 15_000;
/** Long: computers' clocks part by a few ms in it at most, so it sees through long stretches of delay. */
const REPORTED_WINDOW_MS = 120_000;
/** Reports of one clock scatter by a few ms; more is another clock, or one that was set. */
const SAME_CLOCK_MS = 50;
const REPORT_WEIGHT = 0.25;

/**
 * Where an RTP stream lies on the RoomClock, as an offset that is added to the stream's own time (timestamp / clock rate,
 * ms). The packet with the least delay tells it: nothing arrives before its last sample was taken. Sender reports (RFC 3550
 * §6.4.1) or abs-capture-time say how the stream's clock runs beside the sender's computer, so that drift and delay are told apart.
 */
export class StreamClock {
  readonly #byArrival = new SlidingMinimum(ARRIVAL_WINDOW_MS);
  readonly #byReport = new SlidingMinimum(REPORTED_WINDOW_MS);
  /** Sender's time less stream time, ms. */
  #senderOffsetMs: number | undefined;

  /** Room time less stream time, ms; undefined before the first packet. */
  get offsetMs(): number | undefined {
    const delayMs = this.#byReport.value;
    if (this.#senderOffsetMs !== undefined && delayMs !== undefined) return this.#senderOffsetMs + delayMs;
    return this.#byArrival.value;
  }

  /** `streamEndMs`: stream time after the packet's last sample. `arrivedMs`: RoomClock. */
  arrived(streamEndMs: number, arrivedMs: number): void {
    this.#byArrival.push(arrivedMs - streamEndMs, arrivedMs);
    if (this.#senderOffsetMs !== undefined) {
      this.#byReport.push(arrivedMs - streamEndMs - this.#senderOffsetMs, arrivedMs);
    }
  }

  /** The sender's clock read `senderMs` when the stream's read `streamMs`. */
  reported(senderMs: number, streamMs: number): void {
    const offsetMs = senderMs - streamMs;
    const before = this.#senderOffsetMs;
    if (before !== undefined && Math.abs(offsetMs - before) < SAME_CLOCK_MS) {
      this.#senderOffsetMs = before + REPORT_WEIGHT * (offsetMs - before);
      return;
    }
    this.#byReport.clear();
    this.#senderOffsetMs = offsetMs;
  }

  /** The stream's timestamps start anew. */
  reset(): void {
    this.#byArrival.clear();
    this.#byReport.clear();
    this.#senderOffsetMs = undefined;
  }
}
