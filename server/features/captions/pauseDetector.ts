import { SILENCE_DBOV } from './soundLevel.ts';

/** Between words talk dips as deep, but for a shorter time. */
const BEGINS_AFTER_MS = 160;
/** By then the model has ended the utterance, or hears speech in what is quiet. */
const OVER_AFTER_MS = 1000;
/** A pause lies this far below the loudest of late, dB: room noise may be no further below speech. */
const BELOW_LOUD_DB = 10;
/** What was loud is forgotten so fast, dB a second. */
const FALL_DB_PER_S = 10;

/** Tells from levels when an utterance may be about to end: then the model is to hear each bit of sound soon. */
export class PauseDetector {
  #loudDbov = SILENCE_DBOV;
  #quietMs = 0;

  get mayEnd(): boolean {
    return this.#quietMs >= BEGINS_AFTER_MS && this.#quietMs < OVER_AFTER_MS;
  }

  hear(levelDbov: number, durationMs: number): void {
    this.#loudDbov = Math.max(levelDbov, this.#loudDbov - (FALL_DB_PER_S * durationMs) / 1000);
    this.#quietMs = levelDbov < this.#loudDbov - BELOW_LOUD_DB ? this.#quietMs + durationMs : 0;
  }
}
