import type { Translator } from '../../inference/translation.types.ts';
import type { Feature, RoomHandle } from '../../rooms/roomHandle.ts';
import type { Clock } from '../../streams/clock.ts';
import type { Log } from '../../streams/log.ts';
import type { Metrics } from '../../streams/metrics.ts';
import { RoomTranslations } from './roomTranslations.ts';

export interface TranslationOptions {
  readonly translator: Translator;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Captions in the languages that people in the call read: each once a language, however many read it. */
export class TranslationFeature implements Feature {
  readonly name = 'translation';
  readonly #options: TranslationOptions;

  constructor(options: TranslationOptions) {
    this.#options = options;
  }

  attach(room: RoomHandle): AsyncDisposable {
    return new RoomTranslations(room, this.#options);
  }
}
