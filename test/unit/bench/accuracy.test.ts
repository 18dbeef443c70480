import { describe, expect, it } from 'vitest';
import { accuracyOf, characterErrorRate, wordErrorRate } from '../../../bench/score/accuracy.ts';
import { editDistance, keptCount } from '../../../bench/score/editDistance.ts';
import type { Piece, Recording } from '../../../bench/score/recording.ts';

const piece = (id: string, startMs: number, text: string): Piece => ({
  id,
  startMs,
  endMs: startMs + 1000,
  text,
  final: true,
});

function recording(said: readonly string[], shown: Recording['shown']): Recording {
  const spoken = said.map((text, index) => ({ text, startMs: 2000 * index, endMs: 2000 * index + 1000 }));
  return { language: 'en', spoken, shown };
}

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['a b c', 'a b c', 0],
    ['a b c', 'a c', 1],
    ['a c', 'a b c', 1],
    ['a b c', 'a x c', 1],
    ['k i t t e n', 's i t t i n g', 3],
    ['a b', '', 2],
  ])('of %j and %j is %i', (from, to, edits) => {
    expect(editDistance(split(from), split(to))).toBe(edits);
  });
});

describe('keptCount', () => {
  it('counts what stays in order', () => {
    expect(keptCount(split('a b c d'), split('x b d c'))).toBe(2);
    expect(keptCount(split('a'), [])).toBe(0);
  });
});

describe('accuracy', () => {
  it('compares what stands at the end, in the order of its time, with all that was said', () => {
    const shown = [
      { atMs: 900, pieces: [piece('1', 0, 'for queen')] },
      { atMs: 3100, pieces: [piece('2', 2000, 'seven of clubs')] },
      { atMs: 3200, pieces: [piece('1', 0, 'Four queen!')] },
    ];
    const accuracy = accuracyOf(recording(['four queen', 'seven of clubs'], shown));
    expect(accuracy).toMatchObject({ referenceWords: 5, wordErrors: 0 });
  });

  it('counts a piece that was taken back as missing', () => {
    const shown = [
      { atMs: 900, pieces: [piece('1', 0, 'five five')] },
      { atMs: 1500, pieces: [piece('1', 0, '')] },
    ];
    expect(wordErrorRate([accuracyOf(recording(['five five'], shown))])).toBe(100);
  });

  it('weighs every word alike, whoever said it', () => {
    const right = accuracyOf(recording(['a b c'], [{ atMs: 1, pieces: [piece('1', 0, 'a b c')] }]));
    const wrong = accuracyOf(recording(['d'], []));
    expect(wordErrorRate([right, wrong])).toBe(25);
    expect(characterErrorRate([right, wrong])).toBeCloseTo(100 / 6);
  });
});

function split(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}
