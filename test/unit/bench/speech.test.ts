import { describe, expect, it } from 'vitest';
import { playoutOf } from '../../../bench/speech/playout.ts';

const arrivals = (...pieces: [atMs: number, durationMs: number][]) =>
  pieces.map(([atMs, durationMs]) => ({ atMs, durationMs }));

describe('playing a voice from its first sound on', () => {
  it('has no gap while every piece is there before the one in front of it is over', () => {
    expect(playoutOf(arrivals([500, 100], [510, 100], [700, 100]))).toEqual({ gaps: 0, gapMs: 0 });
  });

  it('counts a gap once: what is behind it plays later', () => {
    expect(playoutOf(arrivals([0, 100], [250, 100], [340, 100], [460, 100]))).toEqual({ gaps: 2, gapMs: 160 });
  });

  it('of nothing is nothing', () => {
    expect(playoutOf([])).toEqual({ gaps: 0, gapMs: 0 });
  });
});
