import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type { ModelCard } from './modelCard.ts';

export interface CatalogueEvents {
  changed: [cards: readonly ModelCard[]];
}

/** Which models there are and what they can do, as they last answered. */
export class Catalogue {
  readonly events = new EventEmitter<CatalogueEvents>();
  #cards: readonly ModelCard[] = [];

  /** All models, ready or not, by name. */
  cards(): readonly ModelCard[] {
    return this.#cards;
  }

  ready(capability: string): readonly ModelCard[] {
    return this.#cards.filter((card) => card.capability === capability && card.state === 'ready');
  }

  /** What ready models of `capability` know; languages that none is good at come last and are marked. */
  languages(capability: string): { tag: string; experimental: boolean }[] {
    const cards = this.ready(capability);
    const isGood = (tag: string) =>
      cards.some((card) => card.languages.includes(tag) && !card.experimental.includes(tag));
    return [...new Set(cards.flatMap((card) => card.languages))]
      .map((tag) => ({ tag, experimental: !isGood(tag) }))
      .toSorted((a, b) => Number(a.experimental) - Number(b.experimental));
  }

  /** What was just seen; tells the listeners where it differs. */
  replace(cards: readonly ModelCard[]): void {
    const sorted = cards.toSorted((a, b) => a.name.localeCompare(b.name));
    if (isDeepStrictEqual(sorted, this.#cards)) return;
    this.#cards = sorted;
    this.events.emit('changed', sorted);
  }

  /** Nothing can be reached: what was ready is not, for `reason`; it is still known. */
  suspend(state: 'loading' | 'unavailable', reason: string): void {
    this.replace(this.#cards.map((card) => (card.state === 'ready' ? { ...card, state, reason } : card)));
  }
}
