import { describe, expect, it } from 'vitest';
import { budgetFor, budgetLike, keeps, lagGrows } from '../../../bench/score/budgets.ts';
import type { Summary } from '../../../bench/score/summary.ts';

const quantiles = (p50: number, p95: number) => ({ count: 20, p50, p95, p99: p95 });

function summary(change: Partial<Summary> = {}): Summary {
  return {
    utterances: 20,
    firstText: quantiles(590, 1090),
    firstRightWord: quantiles(700, 1500),
    final: quantiles(540, 790),
    finalEarly: quantiles(540, 790),
    finalLate: quantiles(540, 790),
    neverFinal: 0,
    wordErrorRate: 5,
    characterErrorRate: 3,
    unstableWordsPer100: 30,
    repeatedFourGrams: [],
    sentences: [],
    ...change,
  };
}

describe('the budgets', () => {
  it.each([
    ['a late median of the first text', { firstText: quantiles(610, 1090) }],
    ['a late tail of the first text', { firstText: quantiles(590, 1110) }],
    ['a late median of finals', { final: quantiles(560, 790) }],
    ['a late tail of finals', { final: quantiles(540, 810) }],
    ['finals that never come', { neverFinal: 6 }],
    ['no final at all', { final: { count: 0, p50: undefined, p95: undefined, p99: undefined } }],
  ])('are broken by %s', (_, change) => {
    expect(keeps(summary(), budgetFor(4))).toBe(true);
    expect(keeps(summary(change), budgetFor(4))).toBe(false);
  });

  it('give more than four speakers a little longer to the first text', () => {
    const eight = summary({ firstText: quantiles(740, 1290) });
    expect(keeps(eight, budgetFor(4))).toBe(false);
    expect(keeps(eight, budgetFor(8))).toBe(true);
  });

  it('can be taken from another run, a quarter wider', () => {
    const slow = summary({ firstText: quantiles(2000, 3000), final: quantiles(4000, 6000) });
    expect(keeps(slow, budgetLike(slow))).toBe(true);
    expect(keeps(summary({ final: quantiles(5100, 6000) }), budgetLike(slow))).toBe(false);
  });
});

describe('growing lag', () => {
  it('is a last third that is clearly later than the first, or much that never comes', () => {
    expect(lagGrows(summary())).toBe(false);
    expect(lagGrows(summary({ finalLate: quantiles(1200, 1300) }))).toBe(true);
    expect(lagGrows(summary({ neverFinal: 30 }))).toBe(true);
  });
});
