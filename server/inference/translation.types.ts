/** One way of translating on offer. */
export interface TranslationPair {
  readonly source: string;
  readonly target: string;
  readonly experimental: boolean;
  /** The language that it goes through, where no model knows both. */
  readonly via: string | undefined;
}

export interface TranslationRequest {
  readonly text: string;
  /** Tags. */
  readonly source: string;
  readonly target: string;
  /** What was said before, oldest first, for pronouns and names. Models may ignore it. */
  readonly context?: readonly string[] | undefined;
  /** Words that have one translation, or (with the same on both sides) stay as they are. */
  readonly glossary?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Translation {
  readonly text: string;
  /** Of the models that made it, in order. */
  readonly models: readonly string[];
  readonly via: string | undefined;
}

/** What features see of translation. */
export interface Translator {
  /** Every way on offer now, those through a third language too. */
  pairs(): readonly TranslationPair[];
  /** @throws TritoneError `inference.no_model`, `inference.busy`, `inference.unavailable`, `inference.timeout` (retryable), `inference.failed` */
  translate(request: TranslationRequest): Promise<Translation>;
}
