import { describe, expect, it } from 'vitest';
import { Admission } from '../../../server/inference/admission.ts';
import { Catalogue } from '../../../server/inference/catalogue.ts';
import { chooseSpeechModel, type ModelPreference } from '../../../server/inference/chooseSpeechModel.ts';
import { borneOut, emptyCard, type ModelCard, readCard } from '../../../server/inference/modelCard.ts';
import type { ModelConfig } from '../../../server/inference/tritonService.ts';

function card(name: string, languages: string[], fields: Partial<ModelCard> = {}): ModelCard {
  return { ...emptyCard(name, 'ready'), capability: 'speech-to-text', languages, maxSessions: 4, ...fields };
}

const moonshine = card('moonshine', ['en']);
const whisper = card('whisper', ['de', 'en', 'es', 'fr', 'hi']);
const indic = card('indic', ['hi', 'ta'], { experimental: ['hi', 'ta'] });
const all = [whisper, indic, moonshine];

const choose = (language: string, more: object = {}) => {
  const choice = chooseSpeechModel(all, { language, ...more });
  return [choice.card.name, choice.language, ...choice.languages];
};

describe('the choice of a speech model', () => {
  it('prefers the more specialised among those that know the language', () => {
    expect(choose('en')).toEqual(['moonshine', 'en']);
    expect(choose('fr')).toEqual(['whisper', 'fr']);
  });

  it('prefers a model that is good at the language to an experimental one, and takes that where it is alone', () => {
    expect(choose('hi')).toEqual(['whisper', 'hi']);
    expect(choose('ta')).toEqual(['indic', 'ta']);
  });

  it('knows a language by its primary tag', () => {
    expect(choose('en-GB')).toEqual(['moonshine', 'en']);
  });

  it('takes the model with the most languages for auto', () => {
    expect(choose('auto')).toEqual(['whisper', 'auto']);
  });

  it('lets auto choose only among what is allowed', () => {
    expect(choose('auto', { allowedLanguages: ['en', 'hi-IN'] })).toEqual(['whisper', 'auto', 'en', 'hi']);
    expect(choose('auto', { allowedLanguages: ['en', 'xx'] })).toEqual(['moonshine', 'en']);
    expect(choose('auto', { allowedLanguages: ['en'] })).toEqual(['moonshine', 'en']);
  });

  it('falls back to English alone where nothing else is ready', () => {
    expect(chooseSpeechModel([moonshine], { language: 'auto' })).toMatchObject({ language: 'en', languages: [] });
  });

  it('takes the model that the operator prefers before the more specialised', () => {
    const take = (language: string, preferences: ModelPreference[], more: object = {}) =>
      chooseSpeechModel(all, { language, ...more }, preferences).card.name;
    const anywhere = [{ model: 'whisper' }];
    expect(take('en', anywhere)).toBe('whisper');
    expect(take('ta', anywhere)).toBe('indic');
    expect(take('auto', anywhere, { allowedLanguages: ['en'] })).toBe('whisper');
    expect(take('hi', [{ model: 'whisper' }, { model: 'indic', language: 'hi' }])).toBe('indic');
    expect(take('en', [{ model: 'whisper' }, { model: 'indic', language: 'hi' }])).toBe('whisper');
    expect(take('en', [{ model: 'whisper', language: 'de' }])).toBe('moonshine');
    expect(take('en', anywhere, { model: 'moonshine' })).toBe('moonshine');
  });

  it('lets auto have a preferred model of several languages, none of one', () => {
    const take = (model: string) => chooseSpeechModel(all, { language: 'auto' }, [{ model }]).card.name;
    expect(take('indic')).toBe('indic');
    expect(take('moonshine')).toBe('whisper');
  });

  it('obeys a model that was named', () => {
    expect(choose('en', { model: 'whisper' })).toEqual(['whisper', 'en']);
    expect(() => choose('fr', { model: 'moonshine' })).toThrow(
      'No ready model offers speech-to-text as moonshine for fr',
    );
  });

  it('refuses what nobody knows, retryably', () => {
    expect(() => choose('xx')).toThrow(expect.objectContaining({ code: 'inference.no_model', retryable: true }));
  });
});

describe('admission', () => {
  it('refuses what exceeds the slots, and takes each slot back once', () => {
    const admission = new Admission();
    const permits = [1, 2, 3, 4].map(() => admission.acquire(moonshine));
    expect(() => admission.acquire(moonshine)).toThrow(expect.objectContaining({ code: 'inference.busy' }));
    permits[0]?.release();
    permits[0]?.release();
    expect(admission.taken('moonshine')).toBe(3);
    admission.acquire(moonshine);
    expect(() => admission.acquire(moonshine)).toThrow('Every slot of moonshine is taken');
  });

  it('counts each model on its own', () => {
    const admission = new Admission();
    for (let slot = 0; slot < 4; slot += 1) admission.acquire(moonshine);
    admission.acquire(whisper);
  });

  it('keeps a part of the slots for people who talk now', () => {
    const admission = new Admission();
    for (let slot = 0; slot < 3; slot += 1) admission.acquire(moonshine, 'batch');
    expect(() => admission.acquire(moonshine, 'batch')).toThrow(expect.objectContaining({ code: 'inference.busy' }));
    admission.acquire(moonshine, 'live');
  });

  it('lets a file have the only slot of a model', () => {
    new Admission().acquire({ name: 'one', maxSessions: 1 }, 'batch');
  });
});

describe('the card of a model', () => {
  const config = (parameters: Record<string, string>, candidates?: number): ModelConfig => ({
    name: 'm',
    backend: 'python',
    max_batch_size: 32,
    parameters: Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, { string_value: value }])),
    sequence_batching:
      candidates === undefined
        ? null
        : { max_sequence_idle_microseconds: 0, oldest: { max_candidate_sequences: candidates } },
    model_transaction_policy: { decoupled: true },
  });

  it('reads what config.pbtxt declares', () => {
    const declared = {
      capability: 'speech-to-text',
      languages: '["en", "hi"]',
      sample_rate: '16000',
      license: 'MIT',
      vram_mb: '0',
      max_sessions: '16',
      experimental: 'true',
    };
    expect(readCard(config(declared, 64))).toMatchObject({
      capability: 'speech-to-text',
      languages: ['en', 'hi'],
      sampleRate: 16_000,
      license: 'MIT',
      vramMb: undefined,
      maxSessions: 16,
      experimental: ['en', 'hi'],
    });
    expect(readCard(config({ ...declared, experimental: 'hi, ta' }, 64)).experimental).toEqual(['hi']);
  });

  it('lets the environment override a parameter', () => {
    const environment = { TRITONE_M_MAX_SESSIONS: '40', TRITONE_M_EXPERIMENTAL: 'none', TRITONE_M_LANGUAGES: '' };
    const declared = { languages: 'en, hi', experimental: 'hi', max_sessions: '8' };
    expect(readCard(config(declared, 64), environment)).toMatchObject({
      languages: ['en', 'hi'],
      maxSessions: 40,
      experimental: [],
      isExperimental: false,
      voices: [],
    });
  });

  it('never promises more sessions than Triton holds sequences, less two', () => {
    expect(readCard(config({ max_sessions: '64' }, 64)).maxSessions).toBe(62);
    expect(readCard(config({}, 4)).maxSessions).toBe(2);
    expect(readCard(config({ max_sessions: 'many' })).maxSessions).toBe(8);
  });

  it('reads languages however they are parted', () => {
    expect(readCard(config({ languages: 'en, hi ta en' })).languages).toEqual(['en', 'hi', 'ta']);
    expect(readCard(config({})).languages).toEqual([]);
  });
});

describe('the catalogue', () => {
  it('tells of changes alone', () => {
    const catalogue = new Catalogue();
    let changes = 0;
    catalogue.events.on('changed', () => {
      changes += 1;
    });
    catalogue.replace([whisper, moonshine]);
    catalogue.replace([{ ...moonshine }, whisper]);
    expect(changes).toBe(1);
    catalogue.suspend('unavailable', 'it has stopped');
    catalogue.suspend('unavailable', 'it has stopped');
    expect(changes).toBe(2);
    expect(catalogue.ready('speech-to-text')).toEqual([]);
    expect(catalogue.cards()[0]).toMatchObject({ name: 'moonshine', languages: ['en'], reason: 'it has stopped' });
  });

  it('lists languages of ready models, experimental ones last', () => {
    const catalogue = new Catalogue();
    catalogue.replace([
      indic,
      moonshine,
      card('away', ['fr'], { state: 'loading' }),
      card('voice', ['it'], { capability: 'text-to-speech' }),
    ]);
    expect(catalogue.languages('speech-to-text')).toEqual([
      { tag: 'en', experimental: false },
      { tag: 'hi', experimental: true },
      { tag: 'ta', experimental: true },
    ]);
  });
});

describe('what the weights of a model know', () => {
  const whisper = card('whisper', ['en', 'hi', 'ta'], { experimental: ['hi', 'ta'] });

  it('is all that is offered of it, marked as before', () => {
    expect(borneOut(whisper, { languages: ['en'], pairs: [] })).toMatchObject({ languages: ['en'], experimental: [] });
    const more = borneOut(whisper, { languages: ['ta', 'yue', 'en'], pairs: [] });
    expect(more).toMatchObject({ languages: ['en', 'ta'], experimental: ['ta'] });
  });

  it('is offered where the operator has named nothing of it', () => {
    expect(borneOut(card('whisper', ['en']), { languages: ['hi'], pairs: [] }).languages).toEqual(['hi']);
  });

  it('leaves a model experimental that is so as a whole', () => {
    const all = { ...whisper, isExperimental: true, experimental: whisper.languages };
    expect(borneOut(all, { languages: ['hi'], pairs: [] }).experimental).toEqual(['hi']);
  });

  it('narrows pairs, and names them where the configuration does not', () => {
    const pairs = [
      { source: 'en', target: 'hi' },
      { source: 'en', target: 'ta' },
    ];
    const declared = { ...whisper, pairs: [...pairs, { source: 'hi', target: 'en' }] };
    expect(borneOut(declared, { languages: ['en', 'hi'], pairs: [] }).pairs).toEqual([pairs[0], declared.pairs[2]]);
    expect(borneOut(declared, { languages: ['en', 'hi', 'ta'], pairs }).pairs).toEqual(pairs);
    expect(borneOut(whisper, { languages: ['en', 'hi'], pairs }).pairs).toEqual([pairs[0]]);
  });
});
