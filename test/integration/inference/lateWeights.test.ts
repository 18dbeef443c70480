import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { WeightsFolder } from '../../../server/inference/embedded/weightsFolder.ts';
import { lacks, NO_TRITON } from '../../fixtures/lacks.ts';
import { fixtureTriton, hasTriton, openInference, until } from '../../fixtures/triton.ts';

const NEEDS_WEIGHTS = `
import os
from pathlib import Path

if not Path(os.environ["TRITONE_MODELS_DIR"], "words", "vocabulary.txt").is_file():
    raise RuntimeError("weights 'words' are not installed")
`;

async function folderOfItsOwn() {
  const dir = await mkdtemp(path.join(tmpdir(), 'tritone-late-'));
  return {
    in: (...parts: string[]) => path.join(dir, ...parts),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}

describe.skipIf(lacks(hasTriton, NO_TRITON))('a model whose weights come late', () => {
  it('says so, and serves once they are there, while what is open on another goes on', async () => {
    await using folder = await folderOfItsOwn();
    await using embedded = await fixtureTriton();
    const repositoryDir = folder.in('repository');
    const modelsDir = folder.in('models');
    for (const name of ['canary', 'echo', 'echo_small']) {
      await cp(path.join(embedded.repositoryDir, name), path.join(repositoryDir, name), { recursive: true });
    }
    const model = path.join(repositoryDir, 'echo_small', '1', 'model.py');
    await writeFile(model, NEEDS_WEIGHTS + (await readFile(model, 'utf8')));
    await mkdir(modelsDir);
    await symlink(folder.in('store', 'words'), path.join(modelsDir, 'words'));

    await using inference = openInference({ config: { embedded: { ...embedded, repositoryDir, modelsDir } } });
    const card = () => inference.catalogue.cards().find(({ name }) => name === 'echo_small');
    const isReady = (name: string) =>
      inference.catalogue.cards().some((each) => each.name === name && each.state === 'ready');
    await until(inference, () => card()?.state === 'unavailable' && isReady('echo'));
    expect(card()?.reason).toContain("weights 'words' are not installed");

    const open = await inference.speechToText.open({ language: 'en' });
    const speaking = setInterval(() => open.push(new Int16Array(1600)), 100);
    const heard = Array.fromAsync(open.events);
    await mkdir(folder.in('part'));
    await writeFile(folder.in('part', 'vocabulary.txt'), 'words');
    await mkdir(folder.in('store'));
    await rename(folder.in('part'), folder.in('store', 'words'));

    await until(inference, () => isReady('echo_small'));
    expect(inference.status.state).toBe('ready');
    clearInterval(speaking);
    open.end();
    expect((await heard).length).toBeGreaterThan(0);
  });
});

describe('the folder of weights', () => {
  it('has changed when a folder, what a link names or a further file comes, once each', async () => {
    await using folder = await folderOfItsOwn();
    await mkdir(folder.in('own'));
    await symlink(folder.in('store'), folder.in('own', 'linked'));
    const weights = await WeightsFolder.open(folder.in('own'));
    expect(await weights.hasChanged()).toBe(false);
    await mkdir(folder.in('store'));
    expect(await weights.hasChanged()).toBe(true);
    expect(await weights.hasChanged()).toBe(false);
    await mkdir(folder.in('own', 'mine'));
    expect(await weights.hasChanged()).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 5)); // the next file's time is another
    await writeFile(folder.in('own', 'mine', 'model.bin'), '');
    expect(await weights.hasChanged()).toBe(true);
    await rm(folder.in('own', 'mine'), { recursive: true });
    expect(await weights.hasChanged()).toBe(false);
  });

  it('that does not exist has not changed', async () => {
    const weights = await WeightsFolder.open('/nowhere/at/all');
    expect(await weights.hasChanged()).toBe(false);
  });
});
