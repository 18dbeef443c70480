const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Nothing here joins what stands beside it (UAX 29 §3): each code point is a letter. Segmenting costs 50 times as much. */
const SINGLE =
  /^[^\r\p{M}\p{Cf}\p{RI}\p{EMod}\u0d4e\u0e33\u0eb3\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\uff9e\uff9f\u{11000}-\u{11fff}]*$/u;

/** Letters as people count them: a base with its vowel signs and accents is one, an emoji is one. */
export function graphemesOf(text: string): string[] {
  return SINGLE.test(text) ? [...text] : Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Speech says the same words again and again. When full, all are forgotten. */
const counted = new Map<string, number>();
const MAX_COUNTED = 10_000;
const MAX_COUNTED_LENGTH = 50;

export function countGraphemes(text: string): number {
  if (SINGLE.test(text)) return [...text].length;
  const known = counted.get(text);
  if (known !== undefined) return known;
  let count = 0;
  for (const _ of segmenter.segment(text)) count++;
  if (text.length > MAX_COUNTED_LENGTH) return count;
  if (counted.size >= MAX_COUNTED) counted.clear();
  counted.set(text, count);
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
