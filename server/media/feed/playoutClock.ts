import type { Clock } from '../../streams/clock.ts';
import type { Histogram, Metrics } from '../../streams/metrics.ts';

/** What goes out at once: one Opus packet. */
export const FRAME_MS = 20;
/** Receivers hold 40-80 ms of sound: frames that late still fit in; later ones would only make everything after them late. */
const CATCH_UP_MS = 60;
const LATE_BUCKETS_MS = [1, 2, 5, 10, 20, 60, 200, 1000];

export interface PlayoutClockOptions {
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Once a frame, in order. `mediaMs` is a multiple of 20; after a stall it jumps. Must not throw. */
  readonly onFrame: (mediaMs: number) => void;
}

/** One instant on both time lines. */
export interface ClockReading {
  readonly mediaMs: number;
  /** Ms since 1970; anchored once, so that it runs exactly as `mediaMs` does. */
  readonly wallMs: number;
}

/**
 * The media time of one synthesized participant: ms since it began, on the monotonic clock, whatever timers do. A late
 * timer is made good at once; after a stall of more than 60 ms the frames in between never were, and their media time
 * passes unsent. So it does not drift, and receivers are never handed a burst that they would have to play late.
 */
export class PlayoutClock {
  readonly #options: PlayoutClockOptions;
  readonly #originMs: number;
  readonly #originWallMs: number;
  readonly #lateMs: Histogram;
  readonly #stats = { stalls: 0, skippedMs: 0 };
  #nextFrame = 0;
  #forgetTimer: () => void = () => {};
  #stopped = false;

  /** Runs from now on; the first frame leaves in the next turn of the event loop. */
  constructor(options: PlayoutClockOptions) {
    const { clock, metrics } = options;
    this.#options = options;
    this.#originMs = clock.nowMs();
    this.#originWallMs = clock.wallMs();
    this.#lateMs = metrics.histogram('tritone_feed_late_ms', 'How late frames leave for viewers', LATE_BUCKETS_MS);
    this.#forgetTimer = clock.after(0, () => this.#run());
  }

  get stats(): { readonly stalls: number; readonly skippedMs: number } {
    return this.#stats;
  }

  read(): ClockReading {
    const mediaMs = this.#options.clock.nowMs() - this.#originMs;
    return { mediaMs, wallMs: this.#originWallMs + mediaMs };
  }

  /** Twice is once. */
  stop(): void {
    this.#stopped = true;
    this.#forgetTimer();
  }

  #run(): void {
    const { mediaMs } = this.read();
    const lateMs = mediaMs - this.#nextFrame * FRAME_MS;
    if (lateMs >= 0) this.#lateMs.observe(lateMs);
    const due = Math.floor(mediaMs / FRAME_MS);
    if (lateMs > CATCH_UP_MS) this.#skipTo(due);
    while (this.#nextFrame <= due && !this.#stopped) {
      this.#options.onFrame(this.#nextFrame * FRAME_MS);
      this.#nextFrame += 1;
    }
    if (this.#stopped) return;
    // Rounded up: a timer that fires a fraction early would only have to be set again.
    const waitMs = Math.max(0, Math.ceil(this.#nextFrame * FRAME_MS - this.read().mediaMs));
    this.#forgetTimer = this.#options.clock.after(waitMs, () => this.#run());
  }

  #skipTo(frame: number): void {
    const skippedMs = (frame - this.#nextFrame) * FRAME_MS;
    this.#nextFrame = frame;
    this.#stats.stalls += 1;
    this.#stats.skippedMs += skippedMs;
    this.#options.metrics
      .counter('tritone_feed_skipped_ms_total', 'Media time that passed unsent because the event loop was held up')
      .inc(skippedMs);
  }
}
