import type { CaptionWord } from '../../../shared/captions.ts';
import { FEED_RATE } from '../../media/feed/feed.types.ts';
import type { RoomClockReader, RoomLogHandle } from '../../rooms/roomHandle.ts';
import { countGraphemes } from '../speech/graphemes.ts';
import type { PlayedWord } from './playedWords.ts';
import { plainText, textBetween } from './sayableText.ts';

/** About two lines under a picture. */
const LONGEST_CHARACTERS = 120;
/** Ends of sentences in the scripts that voices read, with what may stand behind them. */
const SENTENCE_END = /[.!?…।॥۔؟。！？]["'”’»)\]]*$/u;

export interface UtteranceCaptionsOptions {
  readonly log: RoomLogHandle;
  readonly clock: RoomClockReader;
  readonly participantId: string;
  readonly language: string;
  readonly utteranceId: string;
}

interface Line {
  readonly id: string;
  readonly words: TimedWord[];
  revision: number;
}

interface TimedWord extends CaptionWord {
  readonly startChar: number;
  readonly endChar: number;
}

/** What an utterance looks like in the room's log: its own text, word by word as the words are heard, a line a sentence. */
export class UtteranceCaptions {
  readonly #options: UtteranceCaptionsOptions;
  #lines = 0;
  #line: Line | undefined;
  #shown = 0;

  constructor(options: UtteranceCaptionsOptions) {
    this.#options = options;
  }

  /** `begun` of `words` have been begun; the first sample left `agoMs` ago. */
  show(text: string, words: readonly PlayedWord[], begun: number, agoMs: number): void {
    const fresh = words.slice(this.#shown, begun);
    this.#shown = Math.max(this.#shown, begun);
    for (const word of fresh) {
      if (this.#line !== undefined && isFull(text, this.#line, word)) this.#finish(text);
      this.#line ??= { id: `${this.#options.utteranceId}/${++this.#lines}`, words: [], revision: 0 };
      this.#line.words.push(this.#timed(text, word, agoMs));
    }
    if (fresh.length > 0) this.#append(text, false);
  }

  /** The sound is over: `heard` words of it count. What was shown of others is taken back. */
  finish(text: string, words: readonly PlayedWord[], heard: number, agoMs: number): void {
    this.show(text, words, heard, agoMs);
    const line = this.#line;
    if (line === undefined) return;
    line.words.length = Math.max(0, line.words.length - (this.#shown - heard));
    this.#finish(text);
  }

  #timed(text: string, { startChar, endChar, startSample, endSample }: PlayedWord, agoMs: number): TimedWord {
    const atMs = (sample: number) => Math.max(0, this.#options.clock.nowMs() - agoMs + (sample * 1000) / FEED_RATE);
    return {
      text: textBetween(text, startChar, endChar),
      startChar,
      endChar,
      startMs: atMs(startSample),
      endMs: atMs(endSample),
      confidence: 1,
    };
  }

  #finish(text: string): void {
    this.#append(text, true);
    this.#line = undefined;
  }

  #append(text: string, final: boolean): void {
    const line = this.#line;
    if (line === undefined) return;
    const { log, participantId, language } = this.#options;
    const { id, words } = line;
    const [first, last] = [words[0], words.at(-1)];
    const shown = first === undefined || last === undefined ? '' : textBetween(text, first.startChar, last.endChar);
    const nowMs = this.#options.clock.nowMs();
    log.append({
      type: 'caption',
      caption: {
        id,
        participantId,
        source: 'microphone',
        revision: line.revision++,
        startMs: first?.startMs ?? nowMs,
        endMs: last?.endMs ?? nowMs,
        language,
        text: shown,
        stableChars: countGraphemes(shown),
        ...(final && {
          words: words.map(({ text: word, startMs, endMs, confidence }) => ({
            text: word,
            startMs,
            endMs,
            confidence,
          })),
        }),
        final,
      },
    });
  }
}

/** A sentence has ended, or the line has no room for `next`. */
function isFull(text: string, { words }: Line, next: PlayedWord): boolean {
  const [first, last] = [words[0], words.at(-1)];
  if (first === undefined || last === undefined) return false;
  const said = textBetween(text, first.startChar, last.endChar);
  return SENTENCE_END.test(said) || plainText(text.slice(first.startChar, next.endChar)).length > LONGEST_CHARACTERS;
}
