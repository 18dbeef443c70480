import { TritoneError } from '../../shared/errors.ts';
import { choosePair, type Hop, pairsOf, TRANSLATE } from './choosePair.ts';
import { callModel } from './modelCall.ts';
import { modelMetrics } from './modelMetrics.ts';
import type { ModelAccess } from './openSequence.ts';
import { readTexts, type Tensor, textTensor } from './tensors.ts';
import type { Translation, TranslationPair, TranslationRequest, Translator } from './translation.types.ts';

/** A caption that comes later than this helps nobody. */
const DEADLINE_MS = 10_000;
/** Models hold a few hundred tokens; a longer text is none that was said in one breath. */
const MAX_CHARACTERS = 4000;

/** Translation by whichever of Triton's models fits, one request a text; models batch what comes together. */
export class TritonTranslator implements Translator {
  readonly #access: ModelAccess;

  constructor(access: ModelAccess) {
    this.#access = access;
  }

  pairs(): readonly TranslationPair[] {
    return pairsOf(this.#access.catalogue.ready(TRANSLATE));
  }

  async translate(request: TranslationRequest): Promise<Translation> {
    if (request.signal?.aborted) throw new TritoneError('inference.cancelled');
    if (request.text.length > MAX_CHARACTERS) {
      throw new TritoneError('inference.bad_input', { reason: `the text has more than ${MAX_CHARACTERS} characters` });
    }
    const { catalogue, client, preferences } = this.#access;
    client(); // why there is no Triton explains more than that no model is ready
    const hops = choosePair(catalogue.ready(TRANSLATE), request, preferences);
    let { text } = request;
    for (const hop of hops) text = await this.#hop(hop, text, request);
    const via = hops.length > 1 ? hops[0]?.target : undefined;
    return { text, models: hops.map(({ card }) => card.name), via };
  }

  async #hop({ card, source, target }: Hop, text: string, request: TranslationRequest): Promise<string> {
    const { admission, client, clock, onChosen, signs, suspect, metrics } = this.#access;
    onChosen(card.name);
    const permit = admission.acquire(card);
    const { openStreams } = modelMetrics(metrics, card.name);
    openStreams.inc();
    try {
      const inputs = inputsOf(text, source, target, request);
      const call = { client: client(), model: card.name, inputs, clock, deadlineMs: DEADLINE_MS };
      for await (const outputs of callModel({ ...call, signal: request.signal })) {
        signs.saw(card.name);
        const tensor = outputs.get('TEXT');
        const [translated] = tensor === undefined ? [] : readTexts(tensor);
        if (translated !== undefined) return translated;
      }
      throw new TritoneError('inference.failed', { reason: 'the model answered nothing' });
    } catch (cause) {
      const failure = TritoneError.from(cause, 'inference.failed', {
        reason: 'the translation does not fit its contract',
      });
      if (failure.retryable) suspect();
      throw failure;
    } finally {
      openStreams.dec();
      permit.release();
    }
  }
}

function inputsOf(text: string, source: string, target: string, { context, glossary }: TranslationRequest): Tensor[] {
  const one = (name: string, value: string) => textTensor(name, [value], [1, 1]);
  return [
    one('TEXT', text),
    one('SOURCE', source),
    one('TARGET', target),
    ...(context === undefined ? [] : [one('CONTEXT', JSON.stringify(context))]),
    ...(glossary === undefined ? [] : [one('GLOSSARY', JSON.stringify(glossary))]),
  ];
}
