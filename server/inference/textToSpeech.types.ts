import type { Viseme } from './visemes.ts';

/** A voice on offer: `kokoro/hf_alpha` is `hf_alpha` of the model `kokoro`. */
export interface Voice {
  readonly id: string;
  readonly model: string;
  readonly name: string;
  /** Primary tag of the language that it speaks. */
  readonly language: string;
  readonly experimental: boolean;
}

export interface TextToSpeechRequest {
  /** A tag. */
  readonly language: string;
  /** An id of `voices()`; the catalogue's choice for the language unless given. */
  readonly voice?: string | undefined;
  /** 0.5 (slow) to 2; 1 unless given. */
  readonly speed?: number | undefined;
  /** Aborting it closes the synthesis at once. */
  readonly signal?: AbortSignal | undefined;
}

/** A word as it is spoken. */
export interface SpokenWord {
  /** As it was written, without the white space around it. */
  readonly text: string;
  /** Place in all the text written so far, in UTF-16 code units. */
  readonly startChar: number;
  readonly endChar: number;
  /** Samples at the chunk's rate since the synthesis began. */
  readonly startSample: number;
  readonly endSample: number;
}

/** At most 100 ms of mono sound, with the words and mouth shapes that begin in it. */
export interface SynthesisChunk {
  readonly pcm: Int16Array;
  readonly sampleRate: number;
  /** Samples since the synthesis began; chunks follow each other without a hole. */
  readonly startSample: number;
  readonly words: readonly SpokenWord[];
  readonly visemes: readonly Viseme[];
}

/** Text in as it is written, sound out as soon as a clause is known. */
export interface SpeechSynthesis extends AsyncDisposable {
  readonly voice: Voice;
  /** For one reader. Ends after the last sound once `end` was called; throws a TritoneError. */
  readonly chunks: AsyncIterable<SynthesisChunk>;
  /** Waits while the reader is more than a few seconds of sound behind. Never rejects: failures are in `chunks`. */
  write(text: string): Promise<void>;
  /** What has been written is a clause, though more may follow: speak it now. */
  flush(): Promise<void>;
  /** No more text. Never rejects. */
  end(): Promise<void>;
  /** Cancels at once. Never rejects; twice is once. */
  close(): Promise<void>;
}

/** What features see of speech synthesis. */
export interface TextToSpeech {
  /** Those of models that answer now. */
  /** What would be chosen for a language comes first. */
  voices(): readonly Voice[];
  /** Which voice `open` would take now. @throws TritoneError `voice.not_found`, `voice.wrong_language`, `inference.no_model` */
  choose(wish: Pick<TextToSpeechRequest, 'language' | 'voice'>): Voice;
  /** @throws TritoneError `inference.busy`, `inference.unavailable`, `inference.no_model` (retryable), `voice.not_found`, `voice.wrong_language` */
  open(request: TextToSpeechRequest): Promise<SpeechSynthesis>;
}
