import { PCM_RATE } from '../pcmChunk.ts';

const SAMPLES_PER_MS = PCM_RATE / 1000;
/** 0.5 % of real time: word times move by less than anyone sees. */
const SLEW_PER_MS = 0.005;
/** The first packets of a stream may have been held up on the way; nobody has read times yet. */
const SETTLING_SLEW_PER_MS = 0.5;
const SETTLING_MS = 2000;

/** Maps a tap's samples to the RoomClock. Moves towards what is learnt of the stream's clock without ever jumping or turning back. */
export class RoomTimeMap {
  /** RoomClock at sample 0 of the nominal rate. */
  #originMs: number;
  #steppedMs: number;
  #settledMs: number;

  constructor(originMs: number, nowMs: number) {
    this.#originMs = originMs;
    this.#steppedMs = nowMs;
    this.#settledMs = nowMs + SETTLING_MS;
  }

  /** Moves towards `originMs` by what the time since the last step allows. */
  steer(originMs: number, nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#steppedMs);
    const most = elapsedMs * (nowMs < this.#settledMs ? SETTLING_SLEW_PER_MS : SLEW_PER_MS);
    this.#originMs += Math.max(-most, Math.min(most, originMs - this.#originMs));
    this.#steppedMs = nowMs;
  }

  /** A new stretch of the stream begins: its first estimate may be rough. */
  unsettle(nowMs: number): void {
    this.#settledMs = nowMs + SETTLING_MS;
  }

  roomMs(sample: number): number {
    return this.#originMs + sample / SAMPLES_PER_MS;
  }

  /** The sample that was spoken at `roomMs`, with a fraction. */
  sampleAt(roomMs: number): number {
    return (roomMs - this.#originMs) * SAMPLES_PER_MS;
  }
}
