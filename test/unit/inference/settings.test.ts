import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../server/config.ts';

const read = (environment: Record<string, string>) => readConfig(environment, false).inference;

describe('TRITONE_PREFER_MODELS', () => {
  it('names models for all languages or for one, the most wanted first', () => {
    expect(read({ TRITONE_PREFER_MODELS: 'whisper_live, hi=my_hindi' }).preferredModels).toEqual([
      { model: 'whisper_live', language: undefined },
      { model: 'my_hindi', language: 'hi' },
    ]);
    expect(read({ TRITONE_PREFER_MODELS: '' }).preferredModels).toEqual([]);
  });

  it.each(['en=', '=whisper', 'a b', 'en-US=whisper'])('is refused where it is written wrongly: %s', (text) => {
    expect(() => read({ TRITONE_PREFER_MODELS: text })).toThrow('TRITONE_PREFER_MODELS: a list like');
  });
});

describe('the environment of models', () => {
  it('holds the parameters of any model, and no setting of the server', () => {
    const found = { TRITONE_PYTHON_ENV: '/python', TRITONE_MODELS_DIR: '/weights', TRITONE_CACHE_DIR: '/cache' };
    const parameters = { TRITONE_MY_HINDI_WEIGHTS: 'fine-tune', TRITONE_WHISPER_LIVE_MAX_SESSIONS: '40' };
    const other = { TRITONE_PREFER_MODELS: 'my_hindi', PYTHONPATH: '/mine' };
    expect(read({ ...found, ...parameters, ...other }).embedded?.environment).toEqual(parameters);
  });
});

it('what crashes leave to sweep is noted in the home folder where XDG_CACHE_HOME is set but empty', () => {
  const found = { TRITONE_PYTHON_ENV: '/python', TRITONE_MODELS_DIR: '/weights', XDG_CACHE_HOME: '' };
  expect(read(found).embedded?.runDir).toMatch(/^\/.*\/\.cache\/tritone\/run$/);
});
