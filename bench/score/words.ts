const UNITS = [
  ...['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'],
  ...['thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'],
];
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
/** Spellings that every recogniser shortens and our references do not. */
const ENGLISH_SHORT = new Map([
  ['mr', 'mister'],
  ['mrs', 'missus'],
  ['dr', 'doctor'],
]);

/**
 * The words a text is scored by: lower case, without punctuation. Marks stay, for in Indian scripts they are vowels;
 * English numbers below 100 are spelt out.
 */
export function wordsOf(text: string, language: string): string[] {
  const words = text
    .normalize('NFC')
    .toLowerCase()
    .replace(/['’‘\u200c\u200d]/g, '')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()
    .split(' ')
    .filter((word) => word !== '');
  return language === 'en' ? words.flatMap(spellOut) : words;
}

function spellOut(word: string): string[] {
  if (!/^\d{1,2}$/.test(word)) return [ENGLISH_SHORT.get(word) ?? word];
  const number = Number(word);
  const unit = UNITS[number];
  if (unit !== undefined) return [unit];
  const tens = TENS[Math.floor(number / 10)] ?? '';
  return number % 10 === 0 ? [tens] : [tens, UNITS[number % 10] ?? ''];
}

/** Code points with one space between words: what a character error rate counts. */
export function charactersOf(words: readonly string[]): string[] {
  return [...words.join(' ')];
}
