import { primaryTag } from '../../shared/captions.ts';
import { TritoneError } from '../../shared/errors.ts';
import type { ModelCard } from './modelCard.ts';

export const SPEECH_TO_TEXT = 'speech-to-text';

export interface SpeechWish {
  /** A tag, or `auto`. */
  readonly language: string;
  readonly allowedLanguages?: readonly string[];
  readonly model?: string;
}

/** An operator's word: this model first, for one language or wherever it fits. */
export interface ModelPreference {
  readonly model: string;
  /** A primary tag. */
  readonly language?: string | undefined;
}

export interface SpeechChoice {
  readonly card: ModelCard;
  /** What the model is asked for: a primary tag, or `auto`. */
  readonly language: string;
  /** What `auto` may choose from; empty for all that the model knows. */
  readonly languages: readonly string[];
}

/**
 * The model for a wish: one that lists the language; the one that the operator prefers, then one that is good at it before
 * an experimental one, then the more specialised. `auto` among several languages takes the model that knows most of those
 * allowed.
 * @throws TritoneError `inference.no_model`
 */
export function chooseSpeechModel(
  ready: readonly ModelCard[],
  wish: SpeechWish,
  preferences: readonly ModelPreference[] = [],
): SpeechChoice {
  const cards = wish.model === undefined ? ready : ready.filter((card) => card.name === wish.model);
  const allowed = [...new Set((wish.allowedLanguages ?? []).map(primaryTag))];
  const [only] = allowed;
  const language = wish.language === 'auto' && allowed.length === 1 && only ? only : wish.language;
  const choice =
    language === 'auto' ? chooseOpen(cards, allowed, preferences) : chooseFor(cards, primaryTag(language), preferences);
  if (choice !== undefined) return choice;
  const capability = wish.model === undefined ? SPEECH_TO_TEXT : `${SPEECH_TO_TEXT} as ${wish.model}`;
  throw new TritoneError('inference.no_model', {
    capability,
    language: language === 'auto' ? 'any language' : language,
  });
}

function chooseFor(
  cards: readonly ModelCard[],
  language: string,
  preferences: readonly ModelPreference[],
): SpeechChoice | undefined {
  const preferred = preferredFirst(preferences, language);
  const [card] = cards
    .filter((candidate) => candidate.languages.includes(language))
    .toSorted((a, b) => preferred(a, b) || goodFirst(a, b, language) || moreSpecialised(a, b));
  return card && { card, language, languages: [] };
}

function chooseOpen(
  cards: readonly ModelCard[],
  allowed: readonly string[],
  preferences: readonly ModelPreference[],
): SpeechChoice | undefined {
  const known = (card: ModelCard) =>
    allowed.length === 0 ? card.languages : card.languages.filter((language) => allowed.includes(language));
  // A model of one language has nothing to choose from: a preference for it is not meant for `auto`.
  const reach = (card: ModelCard) => (allowed.length === 0 ? Math.min(2, known(card).length) : known(card).length);
  const preferred = preferredFirst(preferences);
  const [card] = cards
    .filter((candidate) => known(candidate).length > 0)
    .toSorted(
      (a, b) =>
        reach(b) - reach(a) ||
        preferred(a, b) ||
        known(b).length - known(a).length ||
        a.experimental.length - b.experimental.length ||
        moreSpecialised(a, b),
    );
  if (card === undefined) return undefined;
  const languages = known(card);
  const [only] = languages;
  if (languages.length === 1 && only !== undefined) return { card, language: only, languages: [] };
  return { card, language: 'auto', languages: allowed.length === 0 ? [] : languages };
}

/** What is said of the very language comes before what is said of all; else the first said is the first taken. */
export function preferredFirst(preferences: readonly ModelPreference[], language?: string) {
  const order = [
    ...preferences.filter((each) => each.language !== undefined && each.language === language),
    ...preferences.filter((each) => each.language === undefined),
  ].map((each) => each.model);
  const rank = ({ name }: ModelCard) => (order.includes(name) ? order.indexOf(name) : order.length);
  return (a: ModelCard, b: ModelCard) => rank(a) - rank(b);
}

export function goodFirst(a: ModelCard, b: ModelCard, language: string): number {
  return Number(a.experimental.includes(language)) - Number(b.experimental.includes(language));
}

export function moreSpecialised(a: ModelCard, b: ModelCard): number {
  return a.languages.length - b.languages.length;
}
