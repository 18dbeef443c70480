import type { Clock } from '../streams/clock.ts';
import type { RoomClockReader } from './roomHandle.ts';

/** The call's time line: monotonic ms, 0 when the call began. Anchored once to the wall clock, for people and exports. */
export class RoomClock implements RoomClockReader {
  readonly startedAtMs: number;
  readonly #clock: Clock;
  readonly #originMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#originMs = clock.nowMs();
    this.startedAtMs = clock.wallMs();
  }

  nowMs(): number {
    return this.#clock.nowMs() - this.#originMs;
  }
}
