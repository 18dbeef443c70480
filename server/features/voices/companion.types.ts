import type { Viseme } from '../../inference/visemes.ts';

/** What goes along with a voice, as a face does. Nothing that it does may hold the voice up. */
export interface Companion {
  begin(utteranceId: string): CompanionLine;
}

/** One utterance as its companion gets it: about a second before it is heard. Nothing throws. */
export interface CompanionLine {
  /** It can be shown from the first sound on. A voice waits for it, but not for long. Never rejects. */
  readonly ready: Promise<void>;
  /** Ms from the first text to the first thing shown; undefined until then. */
  readonly shownAtMs: number | undefined;
  /** Never waits. Mono 16 kHz; visemes that begin in it, in samples of the utterance. */
  push(pcm: Int16Array, visemes: readonly Viseme[]): void;
  /** No more sound comes. */
  end(): void;
  /** The utterance is over, heard or cut: nothing of it is shown any more. Twice is once. */
  close(): void;
}
