/** One event of a speech-to-text sequence. Times are samples at 16 kHz since the first one pushed; dropped ones count too. */
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

/** An empty `text` retracts the partials of its utterance. */
export interface SpeechFinal extends Omit<SpeechPartial, 'type'> {
  type: 'final';
  words: SpeechWord[];
  /** The model cannot tell word times: these are spread over the utterance. */
  wordsEstimated: boolean;
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
  /** `live` unless given. `batch` (files) leaves a part of the slots to people who talk now. */
  priority?: 'live' | 'batch';
  /** How much may wait for the model before the oldest is dropped; the speaker's whole ring unless given. */
  maxQueuedMs?: number;
  /** Aborting it closes the stream at once. */
  signal?: AbortSignal;
}

export interface WriteOptions {
  /** Not kept back to be sent together with what follows. */
  atOnce?: boolean;
  /** The sender has announced that only silence follows, until the next write: the model may count the pause before it hears it. */
  silentAfter?: boolean;
}

/** Mono 16 kHz PCM in, speech events out, in order: one talk spurt. */
export interface SpeechStream extends AsyncDisposable {
  readonly model: string;
  /** For one reader. Ends after the last final once `end` was called; throws a TritoneError (`retryable` says whether to resume). */
  readonly events: AsyncIterable<SpeechEvent>;
  /**
   * For live sound: never waits, never grows. Returns the ms dropped to make room; the caller marks that gap.
   * `pcm` is kept until it is sent: do not write to it again.
   */
  push(pcm: Int16Array): number;
  /**
   * For files and for catching up: waits while more than a second is queued, as it is when the model holds back its
   * acknowledgements; nothing is dropped. Never rejects: failures are in `events`.
   */
  write(pcm: Int16Array, options?: WriteOptions): Promise<void>;
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
