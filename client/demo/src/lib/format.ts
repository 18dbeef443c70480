/** `75000` is `01:15`; from an hour on `1:01:15`. */
export function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours === 0 ? rest : `${hours}:${rest}`;
}

/** Without the signs that turn the direction of what stands around a name: for labels, which have no `<bdi>`. */
export function plainName(name: string): string {
  return name.replace(/\p{Bidi_Control}/gu, '');
}

/** `Ada Lovelace` is `AL`; works for scripts whose letters are several code points. */
export function initials(name: string): string {
  const words = plainName(name).trim().split(/\s+/u);
  const first = (word: string | undefined) => graphemes(word ?? '')[0] ?? '';
  const last = words.length > 1 ? first(words.at(-1)) : '';
  return (first(words[0]) + last).toLocaleUpperCase();
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

export function graphemes(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Cuts after `count` graphemes. */
export function splitAt(text: string, count: number): [string, string] {
  const head = graphemes(text).slice(0, count).join('');
  return [head, text.slice(head.length)];
}
