import { TritoneError } from '../../shared/errors.ts';
import { type ModelPreference, preferredFirst } from './chooseSpeechModel.ts';
import type { ModelCard } from './modelCard.ts';

export const LIP_SYNC = 'lip-sync';
export const AVATAR_PREPARATION = 'avatar-preparation';

export interface FaceModelWish {
  readonly capability: string;
  /** A model by name. */
  readonly model?: string | undefined;
}

/**
 * The model for a capability that knows no languages: the one wished for, else the one that the operator prefers, else the
 * first that is not experimental.
 * @throws TritoneError `inference.no_model`
 */
export function chooseFaceModel(
  ready: readonly ModelCard[],
  { capability, model }: FaceModelWish,
  preferences: readonly ModelPreference[] = [],
): ModelCard {
  const preferred = preferredFirst(preferences);
  const [card] = ready
    .filter((candidate) => model === undefined || candidate.name === model)
    .toSorted((a, b) => preferred(a, b) || Number(a.isExperimental) - Number(b.isExperimental));
  if (card !== undefined) return card;
  const wanted = model === undefined ? capability : `${capability} as ${model}`;
  throw new TritoneError('inference.no_model', { capability: wanted, language: 'any language' });
}
