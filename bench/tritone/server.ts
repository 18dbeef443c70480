import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ServerProcess } from '../../test/fixtures/serverProcess.ts';
import { endWithBench } from '../system/endWithBench.ts';

const repository = path.resolve(import.meta.dirname, '../../model-repository');
const READY_DEADLINE_MS = 120_000;

export interface TritoneServerOptions {
  /** A folder of model-repository: the one recogniser that runs. */
  readonly model: string;
  /** Folders that run beside it: names in model-repository, or paths. */
  readonly others?: readonly string[];
  /** Folder under TRITONE_MODELS_DIR instead of the model's default weights. */
  readonly weights?: string | undefined;
}

/** The real server with one recogniser, ready to caption. */
export class TritoneServer implements AsyncDisposable {
  readonly process: ServerProcess;
  readonly #repository: string;

  static async start({ model, weights, others = [] }: TritoneServerOptions): Promise<TritoneServer> {
    const folder = await mkdtemp(path.join(tmpdir(), 'tritone-bench-models-'));
    for (const name of ['canary', model, ...others]) {
      await symlink(path.resolve(repository, name), path.join(folder, path.basename(name)));
    }
    const env = {
      TRITONE_MODEL_REPOSITORY: folder,
      LOG_LEVEL: 'warn',
      ...(weights === undefined ? {} : { [`TRITONE_${model.toUpperCase()}_WEIGHTS`]: weights }),
    };
    const server = new TritoneServer(await ServerProcess.start({ env }), folder);
    endWithBench(server.process.process);
    try {
      await server.process.ready(READY_DEADLINE_MS);
    } catch (cause) {
      await server[Symbol.asyncDispose]();
      throw cause;
    }
    return server;
  }

  private constructor(process: ServerProcess, folder: string) {
    this.process = process;
    this.#repository = folder;
  }

  get url(): string {
    return this.process.url;
  }

  /** @throws Error when the server is gone */
  get pid(): number {
    const { pid } = this.process.process;
    if (pid === undefined) throw new Error('the server is not running');
    return pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
    await rm(this.#repository, { recursive: true, force: true });
  }
}
