import type { Caption, CaptionSource, CaptionWord } from '../../../shared/captions.ts';
import type { SpeechFinal, SpeechPartial, SpeechWord } from '../../inference/speechToText.types.ts';
import { countGraphemes, graphemesWithin } from './graphemes.ts';

/** Utterances of one sequence whose end is remembered: what comes after a final is ignored, unless it is a better final. */
const REMEMBERED_UTTERANCES = 16;

export interface CaptionAssemblerOptions {
  participantId: string;
  source: CaptionSource;
  /** Unique in the call. */
  nextId: () => string;
}

/** `retracted`: its end left nothing to show. */
type Utterance = Caption | 'retracted';

/**
 * Utterances of speech-to-text sequences in, captions out. Pure: it knows no clock, no room and no model.
 * A caption that was open when its sequence was lost goes on under the same id when the replay says the same stretch
 * again, and is retracted when it does not.
 */
export class CaptionAssembler {
  readonly #options: CaptionAssemblerOptions;
  #toMs: (sample: number) => number = () => 0;
  /** Of the sequence that runs, by its own count. */
  readonly #utterances = new Map<number, Utterance>();
  /** Open when the sequence before was lost, oldest first. */
  #orphans: Caption[] = [];
  /** Everything before this instant of the RoomClock is a final or no speech. */
  #settledMs = Number.NEGATIVE_INFINITY;

  constructor(options: CaptionAssemblerOptions) {
    this.#options = options;
  }

  /** @param toMs samples of the sequence that begins to ms on the RoomClock */
  beginSequence(toMs: (sample: number) => number): void {
    this.#orphans = this.#shown();
    this.#utterances.clear();
    this.#toMs = toMs;
  }

  /** Its final was taken already: what still comes of it only betters it. */
  hasEnded(utterance: number): boolean {
    const state = this.#utterances.get(utterance);
    return state !== undefined && !isOpen(state);
  }

  /** Captions to append, in order; none for what changes nothing. */
  take(event: SpeechPartial | SpeechFinal): Caption[] {
    const before = this.#utterances.get(event.utterance);
    if (before === 'retracted') return [];
    if (before?.final === true) return this.#correct(event, before);
    const { startMs, endMs } = this.#span(event);
    if (before === undefined && endMs <= this.#settledMs) return this.#end(event.utterance, 'retracted');
    const passed = before === undefined ? this.#retractBefore(startMs) : [];
    const shown = before ?? this.#adopt(startMs, endMs);
    if (event.type === 'partial') return [...passed, ...this.#revise(event, shown)];
    this.#settledMs = Math.max(this.#settledMs, endMs);
    if (event.text === '') {
      this.#end(event.utterance, 'retracted');
      return shown === undefined ? passed : [...passed, retraction(shown)];
    }
    const final = this.#final(event, shown);
    this.#end(event.utterance, final);
    return [...passed, final];
  }

  /** Everything before `settledSample` is a final or no speech. */
  settle(settledSample: number): Caption[] {
    this.#settledMs = Math.max(this.#settledMs, Math.round(this.#toMs(settledSample)));
    return this.#retractBefore(this.#settledMs);
  }

  /** The sequence ended in order: what it never finished, nobody said. */
  endSequence(): Caption[] {
    return this.#closeShown(retraction);
  }

  /** The sound is gone for good: what was shown stands as it was read last. */
  abandon(): Caption[] {
    return this.#closeShown((caption) => ({ ...caption, revision: caption.revision + 1, final: true }));
  }

  #closeShown(close: (caption: Caption) => Caption): Caption[] {
    const closed = this.#shown().map(close);
    for (const [utterance, state] of this.#utterances) if (isOpen(state)) this.#end(utterance, 'retracted');
    this.#orphans = [];
    return closed;
  }

  #shown(): Caption[] {
    return [...this.#orphans, ...this.#utterances.values()].filter(isOpen);
  }

  /** A second pass by a bigger model may better a final; it does not take it back. */
  #correct(event: SpeechPartial | SpeechFinal, before: Caption): Caption[] {
    if (event.type === 'partial' || event.text === '' || event.text === before.text) return [];
    const final = this.#final(event, before);
    this.#end(event.utterance, final);
    return [final];
  }

  #revise(event: SpeechPartial, shown: Caption | undefined): Caption[] {
    const stableChars = graphemesWithin(event.text, event.stableCodePoints);
    if (shown !== undefined) this.#utterances.set(event.utterance, shown);
    if (event.text === '') return [];
    if (shown?.text === event.text && shown.stableChars === stableChars) return [];
    const caption: Caption = { ...this.#frame(event, shown), stableChars, final: false };
    this.#utterances.set(event.utterance, caption);
    return [caption];
  }

  #final(event: SpeechFinal, shown: Caption | undefined): Caption {
    return {
      ...this.#frame(event, shown),
      stableChars: countGraphemes(event.text),
      words: event.words.map((word) => this.#word(word)),
      final: true,
    };
  }

  #frame(event: SpeechPartial | SpeechFinal, shown: Caption | undefined): Omit<Caption, 'stableChars' | 'final'> {
    return {
      id: shown?.id ?? this.#options.nextId(),
      participantId: this.#options.participantId,
      source: this.#options.source,
      revision: shown === undefined ? 0 : shown.revision + 1,
      ...this.#span(event),
      language: event.language,
      text: event.text,
    };
  }

  #word({ text, startSample, endSample, confidence }: SpeechWord): CaptionWord {
    return { text, ...this.#span({ startSample, endSample }), confidence: Math.min(1, Math.max(0, confidence)) };
  }

  #span({ startSample, endSample }: { startSample: number; endSample: number }): { startMs: number; endMs: number } {
    const startMs = Math.round(this.#toMs(startSample));
    return { startMs, endMs: Math.max(startMs, Math.round(this.#toMs(endSample))) };
  }

  /** The replay has come past these without saying them again. */
  #retractBefore(startMs: number): Caption[] {
    const passed = this.#orphans.filter((orphan) => orphan.endMs <= startMs);
    this.#orphans = this.#orphans.filter((orphan) => orphan.endMs > startMs);
    return passed.map(retraction);
  }

  #adopt(startMs: number, endMs: number): Caption | undefined {
    const index = this.#orphans.findIndex((orphan) => orphan.startMs < endMs && startMs < orphan.endMs);
    return index < 0 ? undefined : this.#orphans.splice(index, 1)[0];
  }

  #end(utterance: number, end: Utterance): [] {
    this.#utterances.set(utterance, end);
    for (const [oldest, state] of this.#utterances) {
      if (this.#utterances.size <= REMEMBERED_UTTERANCES) break;
      if (!isOpen(state)) this.#utterances.delete(oldest);
    }
    return [];
  }
}

function isOpen(state: Utterance): state is Caption {
  return state !== 'retracted' && !state.final;
}

function retraction(caption: Caption): Caption {
  const { words: _, ...rest } = caption;
  return { ...rest, revision: caption.revision + 1, text: '', stableChars: 0, final: true };
}
