const english = new Intl.DisplayNames(['en'], { type: 'language' });

/** `hi` is `Hindi · हिन्दी`. */
export function languageName(tag: string): string {
  if (tag === 'auto') return 'Detect automatically';
  const name = nameOf(english, tag);
  const own = nameOf(new Intl.DisplayNames([tag], { type: 'language' }), tag);
  return own === name || own === tag ? name : `${name} · ${own}`;
}

/** A guess at what its user speaks, `en` of `en-GB`: recognising a known language is faster and surer than detecting it. */
export function browserLanguage(): string {
  return globalThis.navigator.language.split('-')[0]?.toLowerCase() ?? 'auto';
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
