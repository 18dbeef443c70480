import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const fixtures = path.resolve(import.meta.dirname, '../../test/fixtures');
const MODELS = { tone: 'ToneModel', flat: 'FlatModel', easel: 'EaselModel' } as const;

/**
 * The fixture models that beep and flash at the same sample, as folders that any server can load: the package they come from
 * is not among what a server ships.
 */
export class FlashModels implements AsyncDisposable {
  /** The voice first. */
  readonly folders: readonly string[];
  readonly #dir: string;

  static async create(): Promise<FlashModels> {
    const dir = await mkdtemp(path.join(tmpdir(), 'tritone-bench-flash-'));
    for (const [name, model] of Object.entries(MODELS)) {
      await mkdir(path.join(dir, name, '1'), { recursive: true });
      await cp(path.join(fixtures, 'model-repository', name, 'config.pbtxt'), path.join(dir, name, 'config.pbtxt'));
      const lines = [
        'import sys',
        `sys.path.insert(0, ${JSON.stringify(path.join(fixtures, 'python'))})`,
        `from avatar_models.${name} import ${model} as TritonPythonModel`,
      ];
      await writeFile(path.join(dir, name, '1', 'model.py'), `${lines.join('\n')}\n`);
    }
    return new FlashModels(dir);
  }

  private constructor(dir: string) {
    this.#dir = dir;
    this.folders = Object.keys(MODELS).map((name) => path.join(dir, name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
  }
}

/** The fixture `easel` makes of a picture so wide an avatar that flashes. */
export const FLASHES_WIDTH = 120;
/** 120 ms of 1 kHz, then silence: one a second. */
export const BEEPS = Array.from({ length: 20 }, () => 'beep').join(' ');
export const FLASH_VOICE = 'tone/tone';
