import { describe, expect, it } from 'vitest';
import { latenciesOf } from '../../../bench/score/latency.ts';
import { quantilesOf } from '../../../bench/score/quantiles.ts';
import type { Piece, Recording, Shown } from '../../../bench/score/recording.ts';

const first = { text: 'four queen of clubs', startMs: 1000, endMs: 3000 };
const second = { text: 'five five', startMs: 4500, endMs: 5500 };

function show(atMs: number, text: string, place: Partial<Piece> = {}): Shown {
  return { atMs, pieces: [{ id: 'a', startMs: 1000, endMs: 2900, final: false, ...place, text }] };
}

function only(shown: Shown[]) {
  const recording: Recording = { language: 'en', spoken: [first], shown };
  const [latency] = latenciesOf(recording);
  return latency;
}

describe('latency of an utterance', () => {
  it('counts from its first voiced moment to the first text, and to the first text that begins rightly', () => {
    const shown = [show(1400, 'for', { endMs: 1300 }), show(1700, 'Four queen', { endMs: 1600 })];
    expect(only(shown)).toMatchObject({ firstTextMs: 400, firstRightWordMs: 700, finalMs: undefined });
  });

  it('takes no text for text that holds no word', () => {
    expect(only([show(1400, '…')])).toMatchObject({ firstTextMs: undefined });
  });

  it('counts from its last voiced moment until its last final', () => {
    const shown = [
      show(2300, 'Four queen', { endMs: 1900, final: true }),
      show(3500, 'of clubs', { id: 'b', startMs: 2000, endMs: 2950, final: true }),
      show(3900, 'of clubs.', { id: 'b', startMs: 2000, endMs: 2950, final: true }),
    ];
    expect(only(shown)).toMatchObject({ finalMs: 500 });
  });

  it('has no final while only its beginning is final', () => {
    expect(only([show(2300, 'Four', { endMs: 1500, final: true })])).toMatchObject({ finalMs: undefined });
  });

  it('does not take the text of its neighbour for its own', () => {
    const shown = [show(3400, 'Four queen of clubs', { endMs: 3050, final: true })];
    const [, latency] = latenciesOf({ language: 'en', spoken: [first, second], shown });
    expect(latency).toMatchObject({ firstTextMs: undefined, firstRightWordMs: undefined, finalMs: undefined });
  });

  it('finds its first word behind the neighbour where both share a piece', () => {
    const shown = [show(5300, 'Four queen of clubs five', { endMs: 5200 })];
    const [, latency] = latenciesOf({ language: 'en', spoken: [first, second], shown });
    expect(latency).toMatchObject({ firstTextMs: 800, firstRightWordMs: 800 });
  });
});

describe('quantilesOf', () => {
  it('are values that were measured, by nearest rank, whatever the order', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(quantilesOf(values)).toEqual({ count: 100, p50: 50, p95: 95, p99: 99 });
    expect(quantilesOf([7])).toEqual({ count: 1, p50: 7, p95: 7, p99: 7 });
  });

  it('leave out what never came, and are undefined for nothing', () => {
    expect(quantilesOf([undefined, 3])).toMatchObject({ count: 1, p50: 3 });
    expect(quantilesOf([])).toMatchObject({ count: 0, p50: undefined });
  });
});
