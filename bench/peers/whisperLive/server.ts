import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../server/inference/embedded/freePort.ts';
import { pace } from '../../run/pacer.ts';
import { endWithBench } from '../../system/endWithBench.ts';
import { WhisperLiveClient } from './client.ts';
import { peerPython } from './environment.ts';

const START_DEADLINE_MS = 60_000;
/** More than it takes to decode the first sentence on a slow machine. */
const WARM_UP_MS = 8000;

export interface WhisperLiveOptions {
  /** Folder of CTranslate2 weights. */
  readonly weights: string;
  readonly maxClients: number;
  /** A model for each client instead of one for all; its default is one. */
  readonly modelEach: boolean;
  /** Threads of one decode. */
  readonly threads: number;
  /** A sentence to decode before the run, mono, 16 kHz. */
  readonly warmUp: Int16Array;
}

/** WhisperLive's server as a process, warm: the model is loaded and has decoded. */
export class WhisperLiveServer implements AsyncDisposable {
  readonly url: string;
  readonly process: ChildProcess;

  static async start(options: WhisperLiveOptions): Promise<WhisperLiveServer> {
    const python = await peerPython();
    const port = await freePort('127.0.0.1');
    const { weights, maxClients, modelEach, threads } = options;
    const args = [path.join(import.meta.dirname, 'serve.py'), '--port', String(port), '--weights', weights];
    args.push('--max-clients', String(maxClients), ...(modelEach ? ['--model-each'] : []));
    const child = spawn(python, args, {
      env: { ...process.env, OMP_NUM_THREADS: String(threads), HF_HUB_OFFLINE: '1' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    endWithBench(child);
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-4000);
    });
    const server = new WhisperLiveServer(child, `ws://127.0.0.1:${port}`);
    try {
      await server.#warmUp(options.warmUp);
    } catch (cause) {
      await server[Symbol.asyncDispose]();
      throw new Error(`WhisperLive's server did not start:\n${log}`, { cause });
    }
    return server;
  }

  private constructor(child: ChildProcess, url: string) {
    this.process = child;
    this.url = url;
  }

  /** @throws Error when the server is gone */
  get pid(): number {
    if (this.process.pid === undefined) throw new Error('WhisperLive is not running');
    return this.process.pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill('SIGKILL');
    await once(this.process, 'exit');
  }

  async #warmUp(pcm: Int16Array): Promise<void> {
    const client = await this.#firstClient(pcm);
    const startedAtMs = performance.now();
    client.start(startedAtMs, 1);
    await pace([client], startedAtMs + WARM_UP_MS);
    client.close();
    await sleep(1000);
  }

  async #firstClient(pcm: Int16Array): Promise<WhisperLiveClient> {
    const deadline = performance.now() + START_DEADLINE_MS;
    while (true) {
      try {
        return await WhisperLiveClient.open({ url: this.url, language: 'en', uid: 'warm-up', pcm });
      } catch (cause) {
        if (performance.now() > deadline || this.process.exitCode !== null) throw cause;
        await sleep(250);
      }
    }
  }
}
