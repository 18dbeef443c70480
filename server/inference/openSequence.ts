import { type ErrorFields, TritoneError } from '../../shared/errors.ts';
import type { Clock } from '../streams/clock.ts';
import type { Metrics } from '../streams/metrics.ts';
import type { Admission, Priority } from './admission.ts';
import type { Catalogue } from './catalogue.ts';
import type { ModelPreference } from './chooseSpeechModel.ts';
import type { LifeSigns } from './lifeSigns.ts';
import type { ModelCard } from './modelCard.ts';
import { type ModelMetrics, modelMetrics } from './modelMetrics.ts';
import { SequenceCall } from './sequenceCall.ts';
import type { Tensor } from './tensors.ts';
import type { TritonClient } from './tritonClient.ts';

/** What the capabilities share: which models there are, how many may use them, and the Triton that answers now. */
export interface ModelAccess {
  readonly catalogue: Catalogue;
  readonly admission: Admission;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly signs: LifeSigns;
  readonly preferences: readonly ModelPreference[];
  /** The client of the Triton that answers now. @throws TritoneError `inference.unavailable` */
  readonly client: () => TritonClient;
  /** A stream failed in a way that may mean a sick server: look at once. */
  readonly suspect: () => void;
  /** This model is in use: after a restart it is loaded first. */
  readonly onChosen: (model: string) => void;
}

export interface OpenSequenceOptions {
  /** What an END request carries when it comes without data. */
  readonly emptyInputs: readonly Tensor[];
  readonly priority?: Priority | undefined;
  /** What is known here of the fields of a failure that the model tells. */
  readonly failureFields?: ErrorFields;
}

export interface OpenedSequence {
  readonly sequence: SequenceCall;
  readonly metrics: ModelMetrics;
}

/**
 * A sequence at the model of `card`, which holds one of its slots until it is over.
 * @throws TritoneError `inference.busy`, `inference.unavailable`, both retryable
 */
export function openSequence(access: ModelAccess, card: ModelCard, options: OpenSequenceOptions): OpenedSequence {
  const { admission, clock, client, suspect, onChosen } = access;
  const triton = client();
  onChosen(card.name);
  const metrics = modelMetrics(access.metrics, card.name);
  const permit = admission.acquire(card, options.priority);
  try {
    const sequence = new SequenceCall({
      client: triton,
      model: card.name,
      clock,
      emptyInputs: options.emptyInputs,
      failureFields: options.failureFields,
      onFailure: (failure) => {
        if (failure.retryable) suspect();
      },
    });
    metrics.openStreams.inc();
    void sequence.closed.then(() => {
      metrics.openStreams.dec();
      permit.release();
    });
    return { sequence, metrics };
  } catch (cause) {
    permit.release();
    throw TritoneError.from(cause, 'inference.unavailable', { reason: 'no stream could be opened' });
  }
}
