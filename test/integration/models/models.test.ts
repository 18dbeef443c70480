import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { lacks } from '../../fixtures/lacks.ts';
import { CHECKOUT, hasHubClient, ModelsCommand, NO_HUB_CLIENT } from '../../fixtures/modelsCommand.ts';
import { type HubFile, type Repository, sha256 } from '../../fixtures/smallHub.ts';

const REPOSITORY = 'Systran/faster-whisper-large-v3';
const MODEL = `${REPOSITORY}/model.bin`;
const SIZE = 3_000_000;
/** What the hub's client writes at once; what it has of a chunk when the connection breaks is lost. */
const CHUNK = 256 * 1024;
const COMMIT = 'a'.repeat(40);
const LATER_COMMIT = 'b'.repeat(40);

function whisper(model: Partial<HubFile> = {}, more: Partial<Repository> = {}): Repository {
  const text = (content: string) => ({ bytes: Buffer.from(content) });
  return {
    commit: COMMIT,
    files: {
      'model.bin': { bytes: randomBytes(SIZE), large: true, ...model },
      'config.json': text('{"a": 1}'),
      'tokenizer.json': text('{"model": {}}'),
      'vocabulary.json': text('["a"]'),
      'preprocessor_config.json': text('{}'),
      'README.md': text('not asked for'),
    },
    ...more,
  };
}

async function stage(repository: Repository = whisper()) {
  const command = await ModelsCommand.open();
  command.hub.repositories.set(REPOSITORY, repository);
  return Object.assign(command, {
    weights: (...parts: string[]) => command.in('pulled', 'whisper-large-v3', ...parts),
  });
}

const PULL = ['pull', 'whisper-large-v3'];

describe.skipIf(lacks(await hasHubClient(), NO_HUB_CLIENT))('npm run models', () => {
  it('pulls the files of the manifest and no other, pins commit and hashes, and says so', async () => {
    await using scene = await stage();
    const { code, output } = await scene.run(PULL);
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('MIT') });
    expect(output).toMatch(/This first pull pinned commit and hashes.*1 of 5 files have the hash that was known/);
    expect((await readdir(scene.weights())).sort()).toEqual(
      ['LICENSE', 'config.json', 'model.bin', 'preprocessor_config.json', 'tokenizer.json', 'vocabulary.json'].sort(),
    );
    const lock = JSON.parse(await readFile(scene.in('pulled', 'whisper-large-v3.lock.json'), 'utf8'));
    const bytes = await readFile(scene.weights('model.bin'));
    expect(lock.commits).toEqual({ [REPOSITORY]: COMMIT });
    expect(lock.files['model.bin']).toEqual({ sha256: sha256(bytes), bytes: SIZE });
    expect(await readdir(scene.in('pulled'))).toHaveLength(2);
    expect(scene.hub.served.get(MODEL)).toBe(SIZE);
    expect((await scene.run(PULL)).output).toContain('is here already');
    expect(scene.hub.asked.get(MODEL)).toEqual([0]);
  });

  it('goes on by itself where the connection was cut, and asks for nothing twice but a broken chunk', async () => {
    await using scene = await stage();
    scene.hub.cuts.set(MODEL, [4 * CHUNK, CHUNK + 1000]);
    expect(await scene.run(PULL)).toMatchObject({ code: 0 });
    expect(scene.hub.asked.get(MODEL)).toEqual([0, 4 * CHUNK, 5 * CHUNK]);
    expect(scene.hub.served.get(MODEL)).toBe(SIZE + 1000);
  });

  it('goes on in a later pull where an earlier one gave up, and shows no weights before they are whole', async () => {
    await using scene = await stage();
    scene.hub.cuts.set(MODEL, [4 * CHUNK, 0, 0, 0, 0]);
    const { code, output } = await scene.run(PULL);
    expect(code).toBe(1);
    expect(output).toMatch(/✗ The hub \(http.*\) did not answer, or broke off, while model\.bin of .* was fetched\.\n/);
    expect(existsSync(scene.weights())).toBe(false);
    expect((await scene.run(['list'])).output).toContain('… whisper-large-v3');
    expect(await scene.run(PULL)).toMatchObject({ code: 0 });
    expect(scene.hub.asked.get(MODEL)?.at(-1)).toBe(4 * CHUNK);
    expect(scene.hub.served.get(MODEL)).toBe(SIZE);
    expect((await scene.run(['list'])).output).toContain('✓ whisper-large-v3');
  });

  it('stays with the commit that a broken-off pull began', async () => {
    await using scene = await stage();
    scene.hub.cuts.set(MODEL, [4 * CHUNK, 0, 0, 0, 0]);
    await scene.run(PULL);
    scene.hub.repositories.set(REPOSITORY, whisper({}, { commit: LATER_COMMIT }));
    const { code, output } = await scene.run(PULL);
    expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining('not have this revision') });
  });

  it('removes a file whose hash is not what the hub says, and says which', async () => {
    await using scene = await stage(whisper({ toldSha256: 'c'.repeat(64) }));
    const { code, output } = await scene.run(PULL);
    expect(code).toBe(1);
    expect(output).toMatch(/✗ model\.bin of .* is not the file expected \(its hash differs\); it was removed\./);
    expect(existsSync(scene.weights())).toBe(false);
    expect(
      existsSync(
        scene.in('pulled', '.whisper-large-v3.part', 'source', 'Systran--faster-whisper-large-v3', 'model.bin'),
      ),
    ).toBe(false);
  });

  it('holds a later pull to the hashes that the first one pinned', async () => {
    const first = whisper();
    await using scene = await stage(first);
    await scene.run(PULL);
    expect((await scene.run(['remove', 'whisper-large-v3'])).output).toContain('was removed');
    expect(existsSync(scene.weights())).toBe(false);
    const config = { ...first.files, 'config.json': { bytes: Buffer.from('{"a": 2}') } };
    scene.hub.repositories.set(REPOSITORY, { ...first, files: config });
    expect((await scene.run(PULL)).output).toMatch(/✗ config\.json of .* \(its hash differs\); it was removed\./);
    scene.hub.repositories.set(REPOSITORY, first);
    expect((await scene.run(PULL)).output).toContain('Commit and hashes are those of the first pull');
  });

  it('verifies what is here, and names what was changed or taken away', async () => {
    await using scene = await stage();
    expect((await scene.run(['verify'])).output).toContain('Nothing is installed');
    expect(await scene.run(['verify', 'whisper-large-v3'])).toMatchObject({ code: 1 });
    await scene.run(PULL);
    expect(await scene.run(['verify'])).toMatchObject({
      code: 0,
      output: '✓ whisper-large-v3: 6 files as pinned\n',
    });
    await rm(scene.weights('model.bin'));
    await writeFile(scene.weights('model.bin'), randomBytes(SIZE));
    const { code, output } = await scene.run(['verify', 'whisper-large-v3']);
    expect({ code, output }).toMatchObject({
      code: 1,
      output: expect.stringContaining('✗ whisper-large-v3: model.bin differs'),
    });
    await rm(scene.weights('model.bin'));
    expect((await scene.run(['verify', 'whisper-large-v3'])).output).toContain('model.bin is absent');
  });

  it('says in one sentence that the hub has no such repository, or not this file any more', async () => {
    await using scene = await stage();
    const { 'model.bin': _, ...files } = whisper().files;
    scene.hub.repositories.set(REPOSITORY, whisper({}, { files }));
    expect((await scene.run(PULL)).output).toMatch(/✗ The hub does not have model\.bin of .* \(404\)\.\n/);
    scene.hub.repositories.clear();
    expect((await scene.run(PULL)).output).toMatch(/✗ The hub does not have Systran.* \(404\)\.\n/);
  });

  it('says in one sentence that a repository is gated, and pulls it with a token', async () => {
    await using scene = await stage(whisper({}, { gated: true }));
    const { code, output } = await scene.run(PULL);
    expect({ code, output }).toMatchObject({ code: 1, output: expect.stringMatching(/✗ .*\(gated\)\.\n.*HF_TOKEN/) });
    expect(await scene.run(PULL, { HF_TOKEN: 'hf_abc' })).toMatchObject({ code: 0 });
  });

  it('says in one sentence that nobody answers', async () => {
    await using scene = await stage();
    const { code, output } = await scene.run(PULL, { HF_ENDPOINT: 'http://127.0.0.1:9' });
    expect(code).toBe(1);
    expect(output).toMatch(/✗ The hub \(http:\/\/127\.0\.0\.1:9\) did not answer/);
    expect(output).not.toContain('Traceback');
  });

  it('looks for room on the disk before it fetches anything', async () => {
    await using scene = await stage(whisper({ toldBytes: 1e18 }));
    const { code, output } = await scene.run(PULL);
    expect(code).toBe(1);
    expect(output).toMatch(/✗ The disk of .* has \d+ MB free and the rest of whisper-large-v3 needs \d+ MB\./);
    expect(scene.hub.served.size).toBe(0);
  });

  it('asks the hub for nothing before a non-commercial licence is accepted', async () => {
    await using scene = await stage();
    const { code, output } = await scene.run(['pull', 'wav2lip']);
    expect(code).toBe(1);
    expect(output).toContain('any commercial use is forbidden');
    expect(output).toContain('pull wav2lip --accept-licence');
    expect(output).not.toContain('404');
  });

  it('is found by a server through the folder of weights that it was given before', async () => {
    await using scene = await stage();
    const { ensureWeights } = await import(path.join(CHECKOUT, 'scripts', 'setup', 'weights.mjs'));
    const given: string = await ensureWeights({ cache: scene.in(), list: [], wanted: [] });
    const seen = path.join(given, 'whisper-large-v3', 'model.bin');
    expect(existsSync(seen)).toBe(false);
    await scene.run(PULL);
    expect((await stat(seen)).size).toBe(SIZE);
  });
});
