/** No word of any language; a text without spaces must not become one huge term. */
const MAX_TERM_CODE_POINTS = 48;
const MAX_TERMS = 2000;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

/**
 * The words of a text as they are looked for: any script, width and case, each once. PostgreSQL's own parser knows the
 * letters of its locale alone, and the embedded one has none: so words are found here, by Unicode's rules (UAX 29).
 */
export function searchTerms(text: string): string[] {
  const terms = new Set<string>();
  for (const { segment, isWordLike } of segmenter.segment(text)) {
    if (isWordLike !== true) continue;
    const term = foldTerm(segment);
    if (term !== '') terms.add(term);
    if (terms.size >= MAX_TERMS) break;
  }
  return [...terms];
}

/** What is looked for, as PostgreSQL's tsquery: every word, the last one also as the beginning of a word. */
export function searchQuery(text: string): string | undefined {
  const terms = searchTerms(text);
  if (terms.length === 0) return undefined;
  return terms.map((term, index) => quoteTerm(term) + (index === terms.length - 1 ? ':*' : '')).join(' & ');
}

function foldTerm(word: string): string {
  // Joiners change how letters are drawn, not which word it is.
  const folded = word
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\u200c\u200d]/g, '');
  return [...folded].slice(0, MAX_TERM_CODE_POINTS).join('');
}

function quoteTerm(term: string): string {
  return `'${term.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
