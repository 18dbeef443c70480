import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Inference } from '../../../server/inference/inference.ts';
import { lacks, NO_MODELS, NO_TRITON } from '../../fixtures/lacks.ts';
import { fixtureTriton, hasTriton, openInference, until } from '../../fixtures/triton.ts';

const checkout = path.resolve(import.meta.dirname, '../../..');
const pythonPathDir = path.join(checkout, 'python');
const modelsDir = process.env.TRITONE_MODELS_DIR;
const hasWeights = modelsDir !== undefined && existsSync(path.join(modelsDir, 'whisper-tiny-en'));

async function openWith(models: readonly string[], environment: Record<string, string>, opened: AsyncDisposableStack) {
  const config = opened.use(await fixtureTriton());
  const repositoryDir = path.join(config.runDir, 'repository');
  await mkdir(repositoryDir);
  for (const model of models) {
    await symlink(path.join(checkout, 'model-repository', model), path.join(repositoryDir, model));
  }
  const embedded = { ...config, repositoryDir, pythonPathDir, environment, modelsDir: modelsDir ?? config.runDir };
  return opened.adopt(openInference({ config: { embedded } }), (part) => part.close());
}

describe.skipIf(lacks(hasTriton, NO_TRITON))('M2M100 with tiny weights in a real Triton', () => {
  const opened = new AsyncDisposableStack();
  let inference: Inference;

  beforeAll(async () => {
    const { runDir, pythonEnvDir } = opened.use(await fixtureTriton());
    const weights = path.join(runDir, 'm2m100');
    await promisify(execFile)(path.join(pythonEnvDir, 'bin', 'python3'), ['-m', 'tests.translation.tiny', weights], {
      cwd: pythonPathDir,
      env: { PYTHONDONTWRITEBYTECODE: '1' },
    });
    const environment = { TRITONE_M2M100_WEIGHTS: weights, TRITONE_M2M100_DEVICE: 'cpu' };
    inference = await openWith(['canary', 'm2m100', 'indictrans2'], environment, opened);
    await until(inference, () => inference.translator.pairs().length > 0, 60_000);
  }, 120_000);
  afterAll(() => opened.disposeAsync());

  it('is offered for the languages that its weights know, and for no other', () => {
    const [card] = inference.catalogue.ready('translate');
    expect(card?.languages.toSorted()).toEqual(['bn', 'en', 'es', 'fr', 'hi', 'nso', 'ta', 'zh']);
    expect(inference.translator.pairs().some(({ target }) => target === 'te')).toBe(false);
  });

  it('answers many at once, each its own, with context and glossary', async () => {
    const texts = ['The meeting begins at nine.', 'The budget is small.', 'बैठक नौ बजे शुरू होती है।'];
    const glossary = { budget: 'presupuesto' };
    const answers = await Promise.all(
      texts.map((text) =>
        inference.translator.translate({ text, source: 'en', target: 'es', context: ['Thank you.'], glossary }),
      ),
    );
    expect(answers.map(({ text }) => text)).toEqual([texts[0], 'The presupuesto is small.', texts[2]]);
  });

  it('refuses a language that the model does not know', async () => {
    const answer = inference.translator.translate({ text: 'Hello', source: 'en', target: 'te' });
    await expect(answer).rejects.toMatchObject({ code: 'inference.no_model' });
  });

  it('stands beside a model without weights, which says how to get them', async () => {
    await until(inference, () => inference.catalogue.cards().some(({ name }) => name === 'indictrans2'), 60_000);
    const reasonOf = () => inference.catalogue.cards().find(({ name }) => name === 'indictrans2');
    await until(inference, () => reasonOf()?.state === 'unavailable', 60_000);
    expect(reasonOf()?.reason).toMatch(/npm run models -- pull indictrans2/);
  });
});

describe.skipIf(lacks(hasTriton, NO_TRITON) || lacks(hasWeights, NO_MODELS))('Whisper with English weights', () => {
  const opened = new AsyncDisposableStack();
  afterAll(() => opened.disposeAsync());

  it('is offered for English alone, whatever its configuration lists', async () => {
    const environment = { TRITONE_WHISPER_LIVE_WEIGHTS: 'whisper-tiny-en' };
    const inference = await openWith(['canary', 'whisper_live'], environment, opened);
    await until(inference, () => inference.catalogue.ready('speech-to-text').length > 0, 60_000);
    expect(inference.catalogue.languages('speech-to-text')).toEqual([{ tag: 'en', experimental: false }]);
  }, 90_000);
});
