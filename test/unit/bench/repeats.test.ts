import { describe, expect, it } from 'vitest';
import type { Piece, Recording } from '../../../bench/score/recording.ts';
import { repeatedFourGrams } from '../../../bench/score/repeats.ts';

const spoken = [
  { text: 'ask what you can do for your country', startMs: 0, endMs: 3000 },
  { text: 'ask what you can do for your country', startMs: 5000, endMs: 8000 },
];

function recording(...pieces: Omit<Piece, 'id' | 'final'>[]): Recording {
  const shown = pieces.map((piece, index) => ({
    atMs: piece.endMs,
    pieces: [{ ...piece, id: `${index}`, final: true }],
  }));
  return { language: 'en', spoken, shown };
}

describe('repeated four-grams', () => {
  it('are found where a resumed sequence says a part again', () => {
    const doubled = recording(
      { startMs: 0, endMs: 1800, text: 'Ask what you can do' },
      { startMs: 1000, endMs: 3000, text: 'what you can do for your country' },
    );
    expect(repeatedFourGrams(doubled)).toEqual(['what you can do']);
  });

  it('are none where a sentence is truly said twice', () => {
    const both = spoken.map(({ startMs, endMs, text }) => ({ startMs, endMs, text }));
    expect(repeatedFourGrams(recording(...both))).toEqual([]);
  });
});
