import { describe, expect, it } from 'vitest';
import { chooseVoice, voicesOf } from '../../../server/inference/chooseVoice.ts';
import { emptyCard, type ModelCard, readCard } from '../../../server/inference/modelCard.ts';

function card(name: string, voices: string, languages: string[], experimental: string[] = []): ModelCard {
  const parameters = {
    capability: { string_value: 'text-to-speech' },
    languages: { string_value: languages.join(', ') },
    voices: { string_value: voices },
    experimental: { string_value: experimental.join(', ') },
  };
  const config = {
    name,
    backend: 'python',
    max_batch_size: 32,
    sequence_batching: null,
    model_transaction_policy: null,
  };
  return readCard({ ...config, parameters });
}

const espeak = card('espeak', 'en=en, hi=hi, ta=ta', ['en', 'hi', 'ta'], ['en', 'hi', 'ta']);
const kokoro = card('kokoro', 'af_heart=en, hf_alpha=hi, both=hi, both=en', ['en', 'hi']);
const piper = card('piper', 'amy=en', ['en']);
const all = [espeak, kokoro, piper];
const choose = (language: string, voice?: string, preferences: { model: string }[] = [], cards = all) =>
  chooseVoice(cards, { language, voice }, preferences).voice.id;

describe('voices of a model', () => {
  it('are read from its configuration; what does not fit is left out', () => {
    expect(voicesOf([card('m', 'a=en,b = hi, c=xx, =en, d', ['en', 'hi'], ['hi'])])).toEqual([
      { id: 'm/a', model: 'm', name: 'a', language: 'en', experimental: false },
      { id: 'm/b', model: 'm', name: 'b', language: 'hi', experimental: true },
    ]);
  });

  it('are one for each language where it names none', () => {
    expect(voicesOf([card('m', '', ['en', 'hi'])]).map(({ id, language }) => [id, language])).toEqual([
      ['m/default', 'en'],
      ['m/default', 'hi'],
    ]);
  });
});

describe('the choice of a voice', () => {
  it('takes a good voice before an experimental one, then the more specialised model', () => {
    expect(choose('en-GB')).toBe('piper/amy');
    expect(choose('hi')).toBe('kokoro/hf_alpha');
    expect(choose('ta')).toBe('espeak/ta');
  });

  it("takes the operator's model first where it speaks the language", () => {
    expect(choose('en', undefined, [{ model: 'kokoro' }])).toBe('kokoro/af_heart');
    expect(choose('ta', undefined, [{ model: 'kokoro' }])).toBe('espeak/ta');
  });

  it('takes the voice that is wished for, in each of its languages', () => {
    expect(choose('en', 'kokoro/both')).toBe('kokoro/both');
    expect(choose('hi-IN', 'kokoro/both')).toBe('kokoro/both');
    expect(choose('en', 'espeak/en', [{ model: 'kokoro' }])).toBe('espeak/en');
  });

  it.each([
    ['en', 'kokoro/nobody', 'voice.not_found', false],
    ['en', 'nobody', 'voice.not_found', false],
    ['ta', 'kokoro/both', 'voice.wrong_language', false],
    ['xx', undefined, 'inference.no_model', true],
  ])('refuses %s with %s as %s', (language, voice, code, retryable) => {
    expect(() => choose(language, voice)).toThrow(expect.objectContaining({ code, retryable }));
  });

  it('says to try again where the model of the voice is not ready now', () => {
    const loading = { ...kokoro, state: 'loading' as const };
    expect(() => choose('hi', 'kokoro/both', [], [loading])).toThrow(
      expect.objectContaining({ code: 'inference.no_model' }),
    );
    const unread = emptyCard('kokoro', 'loading');
    for (const cards of [[], [unread], [espeak, unread]]) {
      expect(() => choose('hi', 'kokoro/both', [], cards)).toThrow(
        expect.objectContaining({ code: 'inference.no_model', retryable: true }),
      );
    }
    expect(() => choose('hi', 'nobody/both', [], [espeak, unread])).toThrow(
      expect.objectContaining({ code: 'voice.not_found' }),
    );
    expect(choose('hi', undefined, [], [loading, espeak, emptyCard('broken', 'unavailable')])).toBe('espeak/hi');
  });
});
