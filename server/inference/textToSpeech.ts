import { TritoneError } from '../../shared/errors.ts';
import { chooseVoice, TEXT_TO_SPEECH, voicesOf } from './chooseVoice.ts';
import { type ModelAccess, openSequence } from './openSequence.ts';
import { SynthesisStream } from './synthesisStream.ts';
import { textTensor } from './tensors.ts';
import type { SpeechSynthesis, TextToSpeech, TextToSpeechRequest, Voice } from './textToSpeech.types.ts';

/** Speech by whichever of Triton's models has the voice, one sequence for each synthesis. */
export class TritonTextToSpeech implements TextToSpeech {
  readonly #access: ModelAccess;

  constructor(access: ModelAccess) {
    this.#access = access;
  }

  voices(): readonly Voice[] {
    const voices = voicesOf(this.#access.catalogue.ready(TEXT_TO_SPEECH));
    const languages = new Set(voices.map(({ language }) => language));
    const chosen = new Set([...languages].map((language) => `${this.choose({ language }).id} ${language}`));
    const isChosen = ({ id, language }: Voice) => Number(chosen.has(`${id} ${language}`));
    return voices.toSorted((a, b) => isChosen(b) - isChosen(a));
  }

  choose({ language, voice }: Pick<TextToSpeechRequest, 'language' | 'voice'>): Voice {
    return this.#choose({ language, voice }).voice;
  }

  async open(request: TextToSpeechRequest): Promise<SpeechSynthesis> {
    if (request.signal?.aborted) throw new TritoneError('inference.cancelled');
    const { client, clock, signs } = this.#access;
    client(); // why there is no Triton explains more than that no model is ready
    const { card, voice } = this.#choose(request);
    const { sequence, metrics } = openSequence(this.#access, card, {
      emptyInputs: [textTensor('TEXT', [''], [1, 1])],
      failureFields: { voice: voice.id },
    });
    const options = { voice: voice.name, language: voice.language, speed: request.speed ?? 1 };
    return new SynthesisStream({
      voice,
      sequence,
      startInputs: [textTensor('OPTIONS', [JSON.stringify(options)], [1, 1])],
      clock,
      metrics,
      onSign: () => signs.saw(card.name),
      signal: request.signal,
    });
  }

  #choose(wish: Pick<TextToSpeechRequest, 'language' | 'voice'>) {
    const { catalogue, preferences } = this.#access;
    const cards = catalogue.cards().filter(({ capability = TEXT_TO_SPEECH }) => capability === TEXT_TO_SPEECH);
    return chooseVoice(cards, wish, preferences);
  }
}
