import { describe, expect, it } from 'vitest';
import { choosePair, pairsOf } from '../../../server/inference/choosePair.ts';
import { type ModelCard, readCard } from '../../../server/inference/modelCard.ts';

function card(name: string, languages: string, pairs = '', experimental = ''): ModelCard {
  const values = { capability: 'translate', languages, pairs, experimental };
  const parameters = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { string_value: value }]));
  return readCard({
    name,
    backend: 'python',
    max_batch_size: 0,
    sequence_batching: null,
    model_transaction_policy: null,
    parameters,
  });
}

const apertium = card('apertium', 'en, es, fr, pt', 'en-es, es-en, es-fr, es-pt, nonsense, en-xx');
const m2m = card('m2m100', 'en, hi, bn, es', '', 'bn');
const route = (cards: readonly ModelCard[], source: string, target: string) =>
  choosePair(cards, { source, target }).map((hop) => `${hop.card.name} ${hop.source}-${hop.target}`);

describe('the way of a translation', () => {
  it('is direct where one model knows both languages', () => {
    expect(route([apertium, m2m], 'hi', 'en-GB')).toEqual(['m2m100 hi-en']);
    expect(route([apertium], 'es', 'fr')).toEqual(['apertium es-fr']);
  });

  it('goes through a third language where none does', () => {
    expect(route([apertium], 'en', 'fr')).toEqual(['apertium en-es', 'apertium es-fr']);
    expect(route([apertium, m2m], 'hi', 'fr')).toEqual(['m2m100 hi-es', 'apertium es-fr']);
  });

  it('does not exist in a direction that no model offers', () => {
    expect(() => route([apertium], 'fr', 'en')).toThrow(expect.objectContaining({ code: 'inference.no_model' }));
    expect(() => route([apertium, m2m], 'te', 'en')).toThrow(expect.objectContaining({ code: 'inference.no_model' }));
  });

  it('prefers a model that is good at the target, then the more specialised', () => {
    const good = card('good_at_bn', 'en, bn, hi, es, de, fr');
    expect(route([m2m, good], 'en', 'bn')).toEqual(['good_at_bn en-bn']);
    expect(route([m2m, good], 'en', 'hi')).toEqual(['m2m100 en-hi']);
  });
});

describe('the pairs on offer', () => {
  it('are those that there is a way for, marked where it is experimental or goes through a third language', () => {
    const offered = pairsOf([apertium]).map(
      ({ source, target, via }) => `${source}-${target}${via ? ` via ${via}` : ''}`,
    );
    expect(offered.toSorted()).toEqual(['en-es', 'en-fr via es', 'en-pt via es', 'es-en', 'es-fr', 'es-pt']);
    expect(pairsOf([m2m]).find(({ source, target }) => source === 'en' && target === 'bn')?.experimental).toBe(true);
    expect(pairsOf([m2m]).find(({ source, target }) => source === 'en' && target === 'hi')?.experimental).toBe(false);
  });

  it('each have a way', () => {
    for (const { source, target } of pairsOf([apertium, m2m])) {
      expect(route([apertium, m2m], source, target).length).toBeGreaterThan(0);
    }
  });
});
