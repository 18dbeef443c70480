const english = new Intl.DisplayNames(['en'], { type: 'language' });

/** `hi` is `Hindi · हिन्दी`. */
export function languageName(tag: string): string {
  if (tag === 'auto') return 'Detect automatically';
  const name = nameOf(english, tag);
  const own = nameOf(new Intl.DisplayNames([tag], { type: 'language' }), tag);
  return own === name || own === tag ? name : `${name} · ${own}`;
}

function nameOf(names: Intl.DisplayNames, tag: string): string {
  try {
    return names.of(tag) ?? tag;
  } catch {
    return tag;
  }
}
