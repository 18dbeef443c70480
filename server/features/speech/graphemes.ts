const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

export function countGraphemes(text: string): number {
  let count = 0;
  for (const _ of segmenter.segment(text)) count++;
  return count;
}

/** Graphemes of `text` that end within its first `codePoints` code points: a letter whose vowel sign is still open does not count. */
export function graphemesWithin(text: string, codePoints: number): number {
  let count = 0;
  let seen = 0;
  for (const { segment } of segmenter.segment(text)) {
    seen += [...segment].length;
    if (seen > codePoints) break;
    count++;
  }
  return count;
}
