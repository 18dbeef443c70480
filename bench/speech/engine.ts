import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../../server/config.ts';
import { Inference } from '../../server/inference/inference.ts';
import { systemClock as clock } from '../../server/streams/clock.ts';
import { silentLog as log } from '../../server/streams/log.ts';
import { noMetrics as metrics } from '../../server/streams/metrics.ts';

const repository = path.resolve(import.meta.dirname, '../../model-repository');
const LOAD_DEADLINE_MS = 180_000;
const LOOK_EVERY_MS = 100;

/** The embedded Triton with some of our models, as the server runs it. */
export class Engine implements AsyncDisposable {
  readonly inference: Inference;
  readonly #folder: string;

  /** Settles when each model serves or cannot. @throws Error where Triton does not come */
  static async start(models: readonly string[]): Promise<Engine> {
    const folder = await mkdtemp(path.join(tmpdir(), 'tritone-bench-models-'));
    for (const model of ['canary', ...models]) await symlink(path.join(repository, model), path.join(folder, model));
    const config = readConfig({ ...process.env, TRITONE_MODEL_REPOSITORY: folder }, false).inference;
    const engine = new Engine(Inference.open({ config, clock, log, metrics }), folder);
    const until = performance.now() + LOAD_DEADLINE_MS;
    while (!engine.#isLoaded(models)) {
      if (performance.now() > until) {
        const state = JSON.stringify(engine.inference.readiness());
        await engine[Symbol.asyncDispose]();
        throw new Error(`the models are not there: ${state}`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    return engine;
  }

  private constructor(inference: Inference, folder: string) {
    this.inference = inference;
    this.#folder = folder;
  }

  /** Why a model is not there; undefined where it serves. */
  absent(model: string): string | undefined {
    const card = this.inference.catalogue.cards().find(({ name }) => name === model);
    return card?.state === 'ready' ? undefined : (card?.reason ?? 'it is not in model-repository');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.inference.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #isLoaded(models: readonly string[]): boolean {
    const { status, catalogue } = this.inference;
    const cards = catalogue.cards();
    const isSettled = (model: string) => cards.some(({ name, state }) => name === model && state !== 'loading');
    return status.state === 'ready' && models.every(isSettled);
  }
}
