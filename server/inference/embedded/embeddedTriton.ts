import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '../../streams/clock.ts';
import type { Log } from '../../streams/log.ts';
import { TritonAway, type TritonHost, type TritonLife } from '../triton.types.ts';
import { checkStub } from './checkStub.ts';
import { argumentsOf, environmentOf } from './command.ts';
import { EmbeddedLife } from './embeddedLife.ts';
import { freePort } from './freePort.ts';
import { type EmbeddedConfig, findTriton } from './layout.ts';
import { RunFolder, sweepLeftovers } from './runFolder.ts';
import { followOutput } from './tritonLog.ts';
import { watchOver } from './watchdog.ts';
import { WeightsFolder } from './weightsFolder.ts';

export type { EmbeddedConfig } from './layout.ts';

const HOST = '127.0.0.1';

export interface EmbeddedTritonOptions {
  readonly config: EmbeddedConfig | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Starts the wheel's Triton on this machine's CPU, in a process group of its own and with a clean environment. */
export class EmbeddedTriton implements TritonHost {
  readonly #options: EmbeddedTritonOptions;

  constructor(options: EmbeddedTritonOptions) {
    this.#options = options;
  }

  async start(signal: AbortSignal): Promise<TritonLife> {
    const { config, clock, log } = this.#options;
    if (config === undefined) throw new TritonAway('none is set up; npm start does that, or set TRITON_URL');
    if (process.platform !== 'linux' || process.arch !== 'x64') {
      throw new TritonAway('the built-in one is for Linux on x86-64; set TRITON_URL to use another');
    }
    const layout = await findTriton(config.pythonEnvDir);
    const env = environmentOf(config, layout);
    await checkStub(layout.stub, env);
    const swept = await sweepLeftovers(config.runDir);
    if (swept > 0) log.warn({ swept }, 'leftovers of a killed server cleared away');
    const weights = await WeightsFolder.open(config.modelsDir);
    const folder = await RunFolder.create(config.runDir, { layout, pythonPathDir: config.pythonPathDir });
    try {
      const port = await freePort(HOST);
      signal.throwIfAborted();
      const { repositoryDir } = config;
      const { backendDir, sharedMemoryPrefix } = folder;
      const child = spawn(
        layout.server,
        argumentsOf({ repositoryDir, backendDir, sharedMemoryPrefix, host: HOST, port }),
        {
          detached: true,
          env,
          stdio: ['ignore', 'pipe', 'pipe'],
          cwd: backendDir,
        },
      );
      const group = await pidOf(child);
      const callOff = watchOver(group, folder);
      followOutput(child.stdout, log);
      followOutput(child.stderr, log);
      const url = `${HOST}:${port}`;
      const { environment = {} } = config;
      const life = new EmbeddedLife({ child, group, folder, weights, url, environment, callOff, clock, log });
      await folder.note(group).catch((cause: unknown) => log.warn({ cause }, 'run of triton not noted'));
      return life;
    } catch (cause) {
      await folder.remove();
      throw cause;
    }
  }
}

/** With `detached` it is the number of its process group too. */
function pidOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new TritonAway('its server cannot be run', { cause })));
    child.once('spawn', () => {
      if (child.pid !== undefined) resolve(child.pid);
    });
  });
}
