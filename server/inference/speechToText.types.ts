/** One event of a speech-to-text sequence. Times are samples at 16 kHz since the sequence's first sample. */
export type SpeechEvent = SpeechPartial | SpeechFinal | SpeechLanguage | SpeechProgress;

export interface SpeechPartial {
  type: 'partial';
  /** Counts utterances within the sequence, from 1. */
  utterance: number;
  revision: number;
  startSample: number;
  endSample: number;
  text: string;
  /** Leading code points of `text` that three decodes agreed on. */
  stableCodePoints: number;
  language: string;
}

export interface SpeechWord {
  text: string;
  startSample: number;
  endSample: number;
  confidence: number;
}

export interface SpeechFinal extends Omit<SpeechPartial, 'type'> {
  type: 'final';
  words: SpeechWord[];
  confidence: number;
  reason: 'pause' | 'limit' | 'end';
}

export interface SpeechLanguage {
  type: 'language';
  language: string;
  confidence: number;
}

/** Everything before `settledSample` is a final or no speech: a restart resumes there. */
export interface SpeechProgress {
  type: 'progress';
  settledSample: number;
}

export interface SpeechToTextRequest {
  /** A tag, or `auto`. */
  language: string;
  /** What `auto` may choose from; empty for all that the model knows. */
  allowedLanguages?: readonly string[];
  /** A model by name, instead of the catalogue's choice. */
  model?: string;
  /** Aborting it closes the stream at once. */
  signal?: AbortSignal;
}

/** Mono 16 kHz PCM in, speech events out, in order: one talk spurt. */
export interface SpeechStream extends AsyncDisposable {
  readonly model: string;
  /** For one reader. Ends after the last final once `end` was called; throws a TritoneError (`retryable` says whether to resume). */
  readonly events: AsyncIterable<SpeechEvent>;
  /** Never waits, never grows. Returns the ms dropped to make room; the caller marks that gap. */
  push(pcm: Int16Array): number;
  /**
   * For pushing faster than real time: resolves when less than half of the queue waits, at once where it does already,
   * and when the stream is over. Never rejects.
   */
  drained(): Promise<void>;
  /** No more audio: what was pushed is still recognised, then `events` ends. Never rejects. */
  end(): Promise<void>;
  /** Cancels at once. Never rejects; twice is once. */
  close(): Promise<void>;
}

/** What features see of speech recognition. */
export interface SpeechToText {
  /** @throws TritoneError `inference.busy`, `inference.unavailable`, `inference.no_model`, all retryable */
  open(request: SpeechToTextRequest): Promise<SpeechStream>;
}
