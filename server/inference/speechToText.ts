import { TritoneError } from '../../shared/errors.ts';
import type { Clock } from '../streams/clock.ts';
import type { Metrics } from '../streams/metrics.ts';
import type { Admission } from './admission.ts';
import type { Catalogue } from './catalogue.ts';
import { chooseSpeechModel, type ModelPreference, SPEECH_TO_TEXT, type SpeechChoice } from './chooseSpeechModel.ts';
import type { LifeSigns } from './lifeSigns.ts';
import { modelMetrics } from './modelMetrics.ts';
import { ModelStream } from './modelStream.ts';
import { SequenceCall } from './sequenceCall.ts';
import { parseSpeechEvent } from './speechEvents.ts';
import type { SpeechStream, SpeechToText, SpeechToTextRequest } from './speechToText.types.ts';
import { audioTensor, textTensor } from './tensors.ts';
import type { TritonClient } from './tritonClient.ts';

/** A speaker's ring of 30 s and a second more: a stream that resumes is handed the whole ring at once. */
const MAX_QUEUED_MS = 31_000;

export interface TritonSpeechToTextOptions {
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

/** Speech recognition by whichever of Triton's models fits, one sequence for each stream. */
export class TritonSpeechToText implements SpeechToText {
  readonly #options: TritonSpeechToTextOptions;

  constructor(options: TritonSpeechToTextOptions) {
    this.#options = options;
  }

  async open(request: SpeechToTextRequest): Promise<SpeechStream> {
    if (request.signal?.aborted) throw new TritoneError('inference.cancelled');
    const { catalogue, admission, clock, client, signs, suspect, onChosen, preferences } = this.#options;
    const triton = client();
    const choice = chooseSpeechModel(catalogue.ready(SPEECH_TO_TEXT), request, preferences);
    onChosen(choice.card.name);
    const metrics = modelMetrics(this.#options.metrics, choice.card.name);
    let skipped = 0;
    const permit = admission.acquire(choice.card, request.priority);
    try {
      const sequence = new SequenceCall({
        client: triton,
        model: choice.card.name,
        clock,
        emptyInputs: [audioTensor('AUDIO', Buffer.alloc(0))],
        onFailure: (failure) => {
          if (failure.retryable) suspect();
        },
      });
      const stream = new ModelStream({
        model: choice.card.name,
        sequence,
        startInputs: [textTensor('OPTIONS', [JSON.stringify(optionsOf(choice))], [1, 1])],
        parse: (text, map) => {
          signs.saw(choice.card.name);
          const parsed = parseSpeechEvent(text, map);
          const more = Math.max(0, (parsed.skippedPartials ?? 0) - skipped);
          metrics.skippedPartials.inc(more);
          skipped += more;
          return parsed;
        },
        clock,
        metrics,
        maxQueuedMs: request.maxQueuedMs ?? MAX_QUEUED_MS,
        signal: request.signal,
      });
      metrics.openStreams.inc();
      void stream.closed.then(() => {
        metrics.openStreams.dec();
        permit.release();
      });
      return stream;
    } catch (cause) {
      permit.release();
      throw TritoneError.from(cause, 'inference.unavailable', { reason: 'no stream could be opened' });
    }
  }
}

/** OPTIONS of a speech-to-text model, as they stand on the wire. */
function optionsOf({ language, languages }: SpeechChoice): object {
  return { language, ...(languages.length > 0 && { languages }), words: true, partials: true };
}
