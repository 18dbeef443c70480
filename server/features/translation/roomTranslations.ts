import type { Caption } from '../../../shared/captions.ts';
import { primaryTag } from '../../../shared/captions.ts';
import type { LogEntry } from '../../../shared/roomLog.ts';
import type { RoomHandle } from '../../rooms/roomHandle.ts';
import { LanguageTranslations } from './languageTranslations.ts';
import type { TranslationOptions } from './translationFeature.ts';

/** What was said right before, as context for pronouns and names. */
const CONTEXT_UTTERANCES = 3;
/** Who chooses a language in the middle of a call sees the last few lines in it too. */
const CATCH_UP = 10;

/** One call's captions in every language that someone in it reads. */
export class RoomTranslations implements AsyncDisposable {
  readonly #room: RoomHandle;
  readonly #options: TranslationOptions;
  readonly #languages = new Map<string, LanguageTranslations>();
  /** The last finals, oldest first. */
  #said: Caption[] = [];

  constructor(room: RoomHandle, options: TranslationOptions) {
    this.#room = room;
    this.#options = options;
    room.log.events.on('appended', this.#onEntry);
    room.events.on('captionLanguages', this.#onLanguages);
    this.#onLanguages();
  }

  /** What has been asked for is given up. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#room.log.events.off('appended', this.#onEntry);
    this.#room.events.off('captionLanguages', this.#onLanguages);
    for (const language of this.#languages.values()) language.close();
  }

  readonly #onEntry = ({ event }: LogEntry) => {
    if (event.type !== 'caption') return;
    const { caption } = event;
    if (caption.final) {
      this.#said = [...this.#said.filter(({ id }) => id !== caption.id), caption]
        .filter(({ text }) => text !== '')
        .slice(-Math.max(CATCH_UP, CONTEXT_UTTERANCES + 1));
    }
    for (const language of this.#languages.values()) language.accept(caption, this.#contextOf(caption));
  };

  readonly #onLanguages = () => {
    const wanted = new Set(this.#room.captionLanguages().map(primaryTag));
    for (const [tag, language] of this.#languages) {
      if (wanted.has(tag)) continue;
      language.close();
      this.#languages.delete(tag);
    }
    for (const tag of wanted) {
      if (this.#languages.has(tag)) continue;
      const language = new LanguageTranslations(this.#room, tag, this.#options);
      this.#languages.set(tag, language);
      for (const caption of this.#said.slice(-CATCH_UP)) language.accept(caption, this.#contextOf(caption));
    }
  };

  #contextOf(caption: Caption): string[] {
    return this.#said
      .filter(({ id, language }) => id !== caption.id && language === caption.language)
      .slice(-CONTEXT_UTTERANCES)
      .map(({ text }) => text);
  }
}
