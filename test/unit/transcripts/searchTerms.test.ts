import { describe, expect, it } from 'vitest';
import { searchQuery, searchTerms } from '../../../server/features/transcripts/store/searchTerms.ts';

describe('search terms', () => {
  it('are the words of any script, without case, width or punctuation, each once', () => {
    expect(searchTerms('Ｈello, hello! नमस्ते दुनिया। வணக்கம் مرحبا')).toEqual(['hello', 'नमस्ते', 'दुनिया', 'வணக்கம்', 'مرحبا']);
  });

  it('keep vowel signs, which are part of an Indian word, and drop joiners, which are not', () => {
    expect(searchTerms('क्‍या')).toEqual(searchTerms('क्या'));
    expect(searchTerms('की')).not.toEqual(searchTerms('का'));
  });

  it('ask for every word, the last one as a beginning', () => {
    expect(searchQuery('Second meet')).toBe("'second' & 'meet':*");
  });

  it('ask for nothing where there is no word', () => {
    expect(searchQuery(' ?! 🙂')).toBeUndefined();
  });

  it('cannot leave their quotes', () => {
    expect(searchQuery("o'brien\\")).toMatch(/^'o''brien':\*$/);
  });

  it('stay bounded whatever the text', () => {
    expect(searchTerms('a'.repeat(100_000))).toEqual(['a'.repeat(48)]);
    expect(searchTerms(Array.from({ length: 5000 }, (_, n) => `w${n}`).join(' '))).toHaveLength(2000);
  });
});
