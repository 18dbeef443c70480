import type { TritoneRoom } from '../../../sdk/index.ts';

const english = new Intl.DisplayNames(['en'], { type: 'language' });

/** What Chromium has no names for, of the languages that Whisper hears. */
const UNNAMED: Readonly<Record<string, string>> = { ba: 'Bashkir · башҡорт', bo: 'Tibetan · བོད་སྐད་' };

/** `hi` is `Hindi · हिन्दी`. */
export function languageName(tag: string): string {
  if (tag === 'auto') return 'Detect automatically';
  const name = nameOf(english, tag);
  if (name === tag) return UNNAMED[tag] ?? tag;
  const own = nameOf(new Intl.DisplayNames([tag], { type: 'language' }), tag);
  return own === name || own === tag ? name : `${name} · ${own}`;
}

/** A guess at what its user speaks, `en` of `en-GB`: recognising a known language is faster and surer than detecting it. */
export function browserLanguage(): string {
  return globalThis.navigator.language.split('-')[0]?.toLowerCase() ?? 'auto';
}

/** What the call needs of a room to settle its language. */
type LanguageRoom = Pick<TritoneRoom, 'captionsStatus' | 'participantId' | 'state' | 'update'> & {
  events: { on(name: 'captionsStatus', listener: () => void): () => void };
};

/**
 * A language that was guessed, or asked for by a link, may be none that the server knows: once that can be told, it
 * becomes `auto`. What the person's browser remembers stays, as another server may know it.
 */
export function settleLanguage(room: LanguageRoom): void {
  const stop = room.events.on('captionsStatus', settle);
  settle();
  function settle(): void {
    const { state, languages } = room.captionsStatus;
    if (state !== 'ready' || languages.length === 0) return;
    stop();
    const wanted = room.state.participants.get(room.participantId)?.language ?? 'auto';
    const language = offeredLanguage(wanted, languages);
    // Without a connection it is sent at the return.
    if (language !== wanted) void room.update({ language }).catch(() => {});
  }
}

/** `tag` where captions can be had in it (or nothing is known of that yet), else `auto`. */
export function offeredLanguage(tag: string, offered: readonly { tag: string }[]): string {
  return offered.length === 0 || offered.some((language) => language.tag === tag) ? tag : 'auto';
}

function nameOf(names: Intl.DisplayNames, tag: string): string {
  try {
    return names.of(tag) ?? tag;
  } catch {
    return tag;
  }
}
