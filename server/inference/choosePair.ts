import { primaryTag } from '../../shared/captions.ts';
import { TritoneError } from '../../shared/errors.ts';
import { goodFirst, type ModelPreference, moreSpecialised, preferredFirst } from './chooseSpeechModel.ts';
import type { ModelCard } from './modelCard.ts';
import type { TranslationPair } from './translation.types.ts';

export const TRANSLATE = 'translate';

/** One step of a translation: a model, and what it translates from and into. */
export interface Hop {
  readonly card: ModelCard;
  readonly source: string;
  readonly target: string;
}

/**
 * The model that translates directly; else two, through a third language that people read best in between.
 * @throws TritoneError `inference.no_model`
 */
export function choosePair(
  ready: readonly ModelCard[],
  wish: { source: string; target: string },
  preferences: readonly ModelPreference[] = [],
): readonly Hop[] {
  const source = primaryTag(wish.source);
  const target = primaryTag(wish.target);
  const direct = directHop(ready, source, target, preferences);
  if (direct !== undefined) return [direct];
  for (const via of pivots(ready)) {
    if (via === source || via === target) continue;
    const first = directHop(ready, source, via, preferences);
    const second = directHop(ready, via, target, preferences);
    if (first !== undefined && second !== undefined) return [first, second];
  }
  throw new TritoneError('inference.no_model', { capability: TRANSLATE, language: `${source} to ${target}` });
}

/** Every pair that `choosePair` would find a way for. */
export function pairsOf(ready: readonly ModelCard[]): TranslationPair[] {
  const direct = new Map<string, TranslationPair>();
  for (const card of ready) {
    for (const { source, target } of pairsOfCard(card)) {
      const experimental =
        isExperimental(card, source, target) && direct.get(`${source} ${target}`)?.experimental !== false;
      direct.set(`${source} ${target}`, { source, target, experimental, via: undefined });
    }
  }
  const all = new Map(direct);
  for (const via of pivots(ready)) {
    for (const first of direct.values()) {
      for (const second of direct.values()) {
        const key = `${first.source} ${second.target}`;
        if (first.target !== via || second.source !== via || first.source === second.target || all.has(key)) continue;
        all.set(key, { source: first.source, target: second.target, experimental: true, via });
      }
    }
  }
  return [...all.values()];
}

/** English is what most models know best; then whatever else stands on both sides. */
function pivots(ready: readonly ModelCard[]): string[] {
  const pairs = ready.flatMap(pairsOfCard);
  const targets = new Set(pairs.map(({ target }) => target));
  const both = new Set(pairs.map(({ source }) => source).filter((tag) => targets.has(tag)));
  return [...both].toSorted((a, b) => Number(b === 'en') - Number(a === 'en') || a.localeCompare(b));
}

function directHop(
  ready: readonly ModelCard[],
  source: string,
  target: string,
  preferences: readonly ModelPreference[],
): Hop | undefined {
  const preferred = preferredFirst(preferences, target);
  const [card] = ready
    .filter((each) => pairsOfCard(each).some((pair) => pair.source === source && pair.target === target))
    .toSorted((a, b) => preferred(a, b) || goodFirst(a, b, target) || goodFirst(a, b, source) || moreSpecialised(a, b));
  return card && { card, source, target };
}

/** Those that the model names, or every language into every other. */
function pairsOfCard(card: ModelCard): readonly { source: string; target: string }[] {
  if (card.pairs.length > 0) return card.pairs;
  return card.languages.flatMap((source) =>
    card.languages.filter((target) => target !== source).map((target) => ({ source, target })),
  );
}

function isExperimental(card: ModelCard, source: string, target: string): boolean {
  return card.isExperimental || card.experimental.includes(source) || card.experimental.includes(target);
}
