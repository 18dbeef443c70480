import { FEED_RATE } from '../../media/feed/feed.types.ts';

/** A word and when it is heard: samples at 48 kHz since the utterance began. */
export interface PlayedWord {
  /** Place in the text, in UTF-16 code units. */
  readonly startChar: number;
  readonly endChar: number;
  readonly startSample: number;
  readonly endSample: number;
}

/** The words of one utterance as they become known, and how many of them have been heard. Bounded by the length of its text. */
export class PlayedWords {
  readonly #words: PlayedWord[] = [];

  add(words: readonly PlayedWord[]): void {
    this.#words.push(...words);
  }

  get all(): readonly PlayedWord[] {
    return this.#words;
  }

  /** Words that have begun when `playedSamples` have left. */
  begun(playedSamples: number): number {
    return this.#words.findLastIndex((word) => word.startSample < playedSamples) + 1;
  }

  /** Words that count as heard where the sound was cut: of the last, at least half. */
  heard(playedSamples: number): number {
    return this.#words.findLastIndex((word) => (word.startSample + word.endSample) / 2 <= playedSamples) + 1;
  }
}

/** Frames of 20 ms leave, and are looked at a little later: more than this is a pause. */
const JITTER_MS = 40;

/** When an utterance began to be heard, to the sample, from looks at how much of it has left. Pauses move it. */
export class PlayoutOrigin {
  #originMs = Number.POSITIVE_INFINITY;

  /** @returns the time at which its first sample left, on the clock of `nowMs` */
  see(nowMs: number, playedSamples: number): number {
    const originMs = nowMs - (playedSamples * 1000) / FEED_RATE;
    const paused = originMs > this.#originMs + JITTER_MS;
    this.#originMs = paused ? originMs : Math.min(this.#originMs, originMs);
    return this.#originMs;
  }
}
