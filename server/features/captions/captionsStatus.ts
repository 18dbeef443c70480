import type { CaptionsStatus } from '../../../shared/protocol.ts';
import type { Catalogue } from '../../inference/catalogue.ts';
import type { InferenceStatus } from '../../inference/triton.types.ts';

const CAPABILITY = 'speech-to-text';

/** Whether captions can be had now, in which spoken languages, and if not, why. */
export function captionsStatus(status: InferenceStatus, catalogue: Catalogue): CaptionsStatus {
  const languages = catalogue.languages(CAPABILITY);
  if (status.state !== 'ready')
    return { state: status.state, ...(status.reason !== undefined && { reason: status.reason }), languages };
  if (languages.length > 0) return { state: 'ready', languages };
  const failed = catalogue.cards().find((card) => card.capability === CAPABILITY || card.reason !== undefined);
  return { state: 'away', reason: failed?.reason ?? 'No speech model is installed', languages };
}
