import { describe, expect, it } from 'vitest';
import { stabilityOf, unstableWordsPer100 } from '../../../bench/score/stability.ts';

const show = (atMs: number, id: string, text: string, final = false, startMs = 0) => ({
  atMs,
  pieces: [{ id, startMs, endMs: startMs + 1000, text, final }],
});

describe('stability', () => {
  it('is perfect where text only grows', () => {
    const shown = [show(1, 'a', 'ask'), show(2, 'a', 'Ask not'), show(3, 'a', 'ask not what.', true)];
    expect(stabilityOf({ language: 'en', spoken: [], shown })).toEqual({ revokedWords: 0, lastWords: 3 });
  });

  it('counts each word that was changed or taken back, and not those that moved behind an insertion', () => {
    const shown = [show(1, 'a', 'oscar not what'), show(2, 'a', 'ask not what'), show(3, 'a', 'ask you not')];
    expect(stabilityOf({ language: 'en', spoken: [], shown })).toEqual({ revokedWords: 2, lastWords: 3 });
  });

  it('counts a retracted piece whole', () => {
    const shown = [show(1, 'a', 'thank you'), show(2, 'a', '', true), show(3, 'b', 'yes', true, 5000)];
    const stability = stabilityOf({ language: 'en', spoken: [], shown });
    expect(stability).toEqual({ revokedWords: 2, lastWords: 1 });
    expect(unstableWordsPer100([stability])).toBe(200);
  });

  it('sees no change when a text only moves from one piece to another', () => {
    const shown = [
      show(1, 'open', 'ask not what you'),
      {
        atMs: 2,
        pieces: [
          { id: 'done', startMs: 0, endMs: 900, text: 'Ask not', final: true },
          { id: 'open', startMs: 900, endMs: 1500, text: 'what you can', final: false },
        ],
      },
    ];
    expect(stabilityOf({ language: 'en', spoken: [], shown }).revokedWords).toBe(0);
  });
});
