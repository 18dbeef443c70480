const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Letters as people count them: a base with its vowel signs and accents is one, an emoji is one. */
export function graphemesOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Breaks at spaces into lines of `width` graphemes at most; a word longer than a line is cut between graphemes. */
export function wrapLines(text: string, width: number): string[] {
  const lines: string[] = [];
  let line: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    let letters = graphemesOf(word);
    const gap = line.length === 0 ? 0 : 1;
    if (line.length + gap + letters.length <= width) {
      if (gap > 0) line.push(' ');
      line.push(...letters);
      continue;
    }
    if (line.length > 0) lines.push(line.join(''));
    for (; letters.length > width; letters = letters.slice(width)) lines.push(letters.slice(0, width).join(''));
    line = letters;
  }
  if (line.length > 0) lines.push(line.join(''));
  return lines;
}
