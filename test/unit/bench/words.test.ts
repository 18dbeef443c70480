import { describe, expect, it } from 'vitest';
import { charactersOf, wordsOf } from '../../../bench/score/words.ts';

describe('the words a text is scored by', () => {
  it('are lower case and without punctuation, apostrophes closed up', () => {
    expect(wordsOf("And so, my fellow Americans: don't ask.", 'en')).toEqual([
      'and',
      'so',
      'my',
      'fellow',
      'americans',
      'dont',
      'ask',
    ]);
  });

  it('are the parts of a hyphenated English word', () => {
    expect(wordsOf('Ill-disposed', 'en')).toEqual(['ill', 'disposed']);
  });

  it('have English numbers below 100 and titles spelt out', () => {
    expect(wordsOf('Mr. Dashwood has 5 5, 10 and 42; not 1984', 'en').join(' ')).toBe(
      'mister dashwood has five five ten and forty two not 1984',
    );
  });

  it('keep the vowel signs of Indian scripts and lose the danda', () => {
    expect(wordsOf('ఈ సినిమా, తర్వాత।', 'te')).toEqual(['ఈ', 'సినిమా', 'తర్వాత']);
    expect(wordsOf('पर यह कोरा अनुमान ही है।', 'hi')).toEqual(['पर', 'यह', 'कोरा', 'अनुमान', 'ही', 'है']);
  });

  it('do not differ by an invisible joiner or by the way a sign is composed', () => {
    expect(wordsOf('क्\u200dष', 'hi')).toEqual(wordsOf('क्ष', 'hi'));
    expect(wordsOf('\u0958', 'hi')).toEqual(wordsOf('\u0915\u093c', 'hi'));
  });

  it('leave digits alone outside English', () => {
    expect(wordsOf('12 गांव', 'hi')).toEqual(['12', 'गांव']);
  });

  it('become characters with one space between', () => {
    expect(charactersOf(['ab', 'c']).join('|')).toBe('a|b| |c');
  });
});
