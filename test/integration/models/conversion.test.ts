import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { lacks, NO_TRITON } from '../../fixtures/lacks.ts';
import { CHECKOUT, hasHubClient, ModelsCommand, NO_HUB_CLIENT } from '../../fixtures/modelsCommand.ts';
import type { HubFile } from '../../fixtures/smallHub.ts';
import { hasTriton } from '../../fixtures/triton.ts';

const COMMIT = 'd'.repeat(40);

/** Checkpoints of random weights, written as their publishers write them. */
const WHISPER = `
import json, sys
from pathlib import Path
from tests.conversion.checkpoints import published_names
from tests.lip_sync.checkpoints import write_archive
from tests.whisper import networks
folder = Path(sys.argv[1])
shape = networks.Shape(mels=80)
write_archive(folder / "pytorch_model.bin", published_names(networks.random_weights(shape, seed=3)))
networks.tokenizer_of(["en", "hi"], shape.vocabulary).save(str(folder / "tokenizer.json"))
heads = {f"{side}_{what}": n for side in ("encoder", "decoder") for what, n in (("layers", 2), ("attention_heads", 4))}
(folder / "config.json").write_text(json.dumps(heads))
(folder / "generation_config.json").write_text(json.dumps({"suppress_tokens": [], "begin_suppress_tokens": [220]}))
`;
const WAV2LIP = `
import sys
from pathlib import Path
from tests.lip_sync.checkpoints import random_weights, write_row
write_row(Path(sys.argv[1]) / "wav2lip_gan.pth", random_weights())
`;
const LOADS = `
import ctranslate2, sys
whisper = ctranslate2.models.Whisper(sys.argv[1])
print(whisper.is_multilingual, whisper.n_mels)
`;

async function python(program: string, folder: string): Promise<string> {
  const interpreter = path.join(process.env.TRITONE_PYTHON_ENV ?? '', 'bin', 'python3');
  const { stdout } = await promisify(execFile)(interpreter, ['-c', program, folder], {
    cwd: path.join(CHECKOUT, 'python'),
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  return stdout;
}

async function filesIn(folder: string): Promise<Record<string, HubFile>> {
  const files: Record<string, HubFile> = {};
  for (const name of await readdir(folder))
    files[name] = { bytes: await readFile(path.join(folder, name)), large: true };
  return files;
}

describe.skipIf(lacks(hasTriton, NO_TRITON) || lacks(await hasHubClient(), NO_HUB_CLIENT))('what is pulled', () => {
  it('of two repositories and as a checkpoint of PyTorch becomes a Whisper that CTranslate2 loads', async () => {
    await using command = await ModelsCommand.open();
    const published = await mkdtemp(command.in('published-'));
    await python(WHISPER, published);
    const { 'tokenizer.json': tokenizer, 'generation_config.json': generation, ...own } = await filesIn(published);
    if (!tokenizer || !generation) throw new Error('the checkpoint was not written');
    command.hub.repositories.set('vasista22/whisper-hindi-medium', { commit: COMMIT, files: own });
    command.hub.repositories.set('openai/whisper-medium', {
      commit: COMMIT.replaceAll('d', 'e'),
      files: { 'tokenizer.json': tokenizer, 'generation_config.json': generation },
    });
    const { code, output } = await command.run(['pull', 'indic-whisper-hi']);
    expect({ code, output }).toMatchObject({ code: 0 });
    const folder = command.in('pulled', 'indic-whisper-hi');
    expect((await readdir(folder)).sort()).toEqual(
      ['LICENSE', 'config.json', 'model.bin', 'tokenizer.json', 'vocabulary.json'].sort(),
    );
    expect(await python(LOADS, folder)).toBe('True 80\n');
    expect(await command.run(['verify'])).toMatchObject({ code: 0 });
  });

  it('under a non-commercial licence is converted once that is accepted, and says it beside the weights', async () => {
    await using command = await ModelsCommand.open();
    await python(WAV2LIP, command.in());
    const bytes = await readFile(command.in('wav2lip_gan.pth'));
    command.hub.repositories.set('Nekochu/Wav2Lip', {
      commit: COMMIT,
      files: { 'wav2lip_gan.pth': { bytes, large: true } },
    });
    const { code, output } = await command.run(['pull', 'wav2lip', '--accept-licence']);
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(await readdir(command.in('pulled', 'wav2lip'))).toHaveLength(3);
    expect(await readFile(command.in('pulled', 'wav2lip', 'LICENSE'), 'utf8')).toContain(
      'any commercial use is forbidden',
    );
  });

  it('and is no checkpoint of its kind is said in a sentence, and installs nothing', async () => {
    await using command = await ModelsCommand.open();
    const bytes = Buffer.from('<html>no checkpoint</html>');
    command.hub.repositories.set('Nekochu/Wav2Lip', { commit: COMMIT, files: { 'wav2lip_gan.pth': { bytes } } });
    const { code, output } = await command.run(['pull', 'wav2lip', '--accept-licence']);
    expect(code).toBe(1);
    expect(output).toMatch(
      /✗ Wav2Lip with GAN could not be converted: wav2lip_gan\.pth is no checkpoint of PyTorch\.\n/,
    );
    expect((await command.run(['verify', 'wav2lip'])).output).toContain('not installed');
  });
});
