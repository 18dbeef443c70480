import type { CaptionsStatus } from '../../../shared/protocol.ts';
import type { Catalogue } from '../../inference/catalogue.ts';
import type { TranslationPair } from '../../inference/translation.types.ts';
import type { InferenceStatus } from '../../inference/triton.types.ts';

const CAPABILITY = 'speech-to-text';

/** Whether captions can be had now, in which spoken languages and what they can be read in, and if not, why. */
export function captionsStatus(
  status: InferenceStatus,
  catalogue: Catalogue,
  pairs: readonly TranslationPair[],
): CaptionsStatus {
  const languages = catalogue.languages(CAPABILITY);
  const translations = pairs.map(({ via, ...pair }) => ({ ...pair, ...(via !== undefined && { via }) }));
  const { state, reason } = status;
  if (state !== 'ready') return { state, ...(reason !== undefined && { reason }), languages, translations };
  if (languages.length > 0) return { state: 'ready', languages, translations };
  const failed = catalogue.cards().find((card) => card.capability === CAPABILITY || card.reason !== undefined);
  return { state: 'away', reason: failed?.reason ?? 'No speech model is installed', languages, translations };
}
