import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Inference } from '../../../server/inference/inference.ts';
import { hasApertium, NO_APERTIUM } from '../../fixtures/apertium.ts';
import { lacks, NO_TRITON } from '../../fixtures/lacks.ts';
import { fixtureTriton, hasTriton, openInference, until } from '../../fixtures/triton.ts';

const checkout = path.resolve(import.meta.dirname, '../../..');
const MODELS = ['apertium', 'canary'];

const missing = lacks(hasTriton, NO_TRITON) || lacks(hasApertium(), NO_APERTIUM);

describe.skipIf(missing)('translation by Apertium in a real Triton', () => {
  const opened = new AsyncDisposableStack();
  let inference: Inference;

  beforeAll(async () => {
    const config = opened.use(await fixtureTriton());
    const repositoryDir = path.join(config.runDir, 'repository');
    await mkdir(repositoryDir);
    for (const model of MODELS)
      await symlink(path.join(checkout, 'model-repository', model), path.join(repositoryDir, model));
    const pythonPathDir = path.join(checkout, 'python');
    inference = opened.adopt(
      openInference({ config: { embedded: { ...config, repositoryDir, pythonPathDir } } }),
      (part) => part.close(),
    );
    await until(inference, () => inference.translator.pairs().length > 0, 60_000);
  }, 90_000);
  afterAll(() => opened.disposeAsync());

  const translate = (text: string, source: string, target: string) =>
    inference.translator.translate({ text, source, target });

  it('goes directly where a pair is installed', async () => {
    const { text, models, via } = await translate('The budget is small.', 'en', 'es');
    expect(text).toMatch(/presupuesto/);
    expect([models, via]).toEqual([['apertium'], undefined]);
  });

  it('goes through Spanish into French, and says so', async () => {
    const { text, via } = await translate('The house is red.', 'en', 'fr');
    expect(text).toMatch(/maison/);
    expect(via).toBe('es');
  });

  it('answers many at once, each its own', async () => {
    const numbers = ['one', 'two', 'three', 'four', 'five', 'six'];
    const answers = await Promise.all(numbers.map((word) => translate(word, 'en', 'es')));
    expect(answers.map(({ text }) => text.toLowerCase())).toEqual(['uno', 'dos', 'tres', 'cuatro', 'cinco', 'seis']);
  });

  it('refuses a way that there is none for, and a text that is none', async () => {
    await expect(translate('Hello', 'en', 'te')).rejects.toMatchObject({ code: 'inference.no_model' });
    await expect(translate('x'.repeat(5000), 'en', 'es')).rejects.toMatchObject({ code: 'inference.bad_input' });
  });

  it('leaves markup, emoji and quotes as they are', async () => {
    const { text } = await translate(`<b>Hello</b> 🙂 "quoted" '); drop table`, 'en', 'es');
    expect(text).toContain('🙂');
    expect(text).toContain('<b>');
    expect(text).toContain('"');
  });

  it('stops when the asker has gone', async () => {
    const asker = new AbortController();
    const answer = inference.translator.translate({ text: 'Hello', source: 'en', target: 'es', signal: asker.signal });
    asker.abort();
    await expect(answer).rejects.toMatchObject({ code: 'inference.cancelled' });
  });
});
