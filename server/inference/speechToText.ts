import { TritoneError } from '../../shared/errors.ts';
import { chooseSpeechModel, SPEECH_TO_TEXT, type SpeechChoice } from './chooseSpeechModel.ts';
import { ModelStream } from './modelStream.ts';
import { type ModelAccess, openSequence } from './openSequence.ts';
import { type ParsedSpeechEvent, readSpeechEvents } from './speechEvents.ts';
import type { SpeechStream, SpeechToText, SpeechToTextRequest } from './speechToText.types.ts';
import { audioTensor, textTensor } from './tensors.ts';

/** A speaker's ring of 30 s and a second more: a stream that resumes is handed the whole ring at once. */
const MAX_QUEUED_MS = 31_000;

/** Speech recognition by whichever of Triton's models fits, one sequence for each stream. */
export class TritonSpeechToText implements SpeechToText {
  readonly #access: ModelAccess;

  constructor(access: ModelAccess) {
    this.#access = access;
  }

  async open(request: SpeechToTextRequest): Promise<SpeechStream> {
    if (request.signal?.aborted) throw new TritoneError('inference.cancelled');
    const { catalogue, client, clock, preferences, signs } = this.#access;
    client(); // why there is no Triton explains more than that no model is ready
    const choice = chooseSpeechModel(catalogue.ready(SPEECH_TO_TEXT), request, preferences);
    const model = choice.card.name;
    const { sequence, metrics } = openSequence(this.#access, choice.card, {
      emptyInputs: [audioTensor('AUDIO', Buffer.alloc(0))],
      priority: request.priority,
    });
    let skipped = 0;
    const countSkipped = ({ skippedPartials = 0 }: ParsedSpeechEvent) => {
      const more = Math.max(0, skippedPartials - skipped);
      metrics.skippedPartials.inc(more);
      skipped += more;
    };
    return new ModelStream({
      model,
      sequence,
      startInputs: [textTensor('OPTIONS', [JSON.stringify(optionsOf(choice))], [1, 1])],
      read: (outputs, map) => {
        signs.saw(model);
        const events = readSpeechEvents(outputs, map);
        for (const event of events) countSkipped(event);
        return events;
      },
      clock,
      metrics,
      maxQueuedMs: request.maxQueuedMs ?? MAX_QUEUED_MS,
      signal: request.signal,
    });
  }
}

/** OPTIONS of a speech-to-text model, as they stand on the wire. */
function optionsOf({ language, languages }: SpeechChoice): object {
  return { language, ...(languages.length > 0 && { languages }), words: true, partials: true };
}
