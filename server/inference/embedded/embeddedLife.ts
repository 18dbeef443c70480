import type { ChildProcess } from 'node:child_process';
import type { Clock } from '../../streams/clock.ts';
import type { Log } from '../../streams/log.ts';
import type { TritonLife } from '../triton.types.ts';
import { groupMembers, isAlive, type ProcessStat, signalGroup } from './processes.ts';
import type { RunFolder } from './runFolder.ts';
import type { WeightsFolder } from './weightsFolder.ts';

const STUB_POLL_MS = 500;
const TERM_DEADLINE_MS = 3000;
const KILL_DEADLINE_MS = 1000;
/** Models load before the port opens only where control is not explicit; the bare server takes 0.2 s, or seconds under load. */
const READY_DEADLINE_MS = 20_000;

export interface EmbeddedLifeOptions {
  readonly child: ChildProcess;
  /** Process group of the server and its models' processes. */
  readonly group: number;
  readonly folder: RunFolder;
  readonly weights: WeightsFolder;
  readonly url: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Calls the watchdog off. */
  readonly callOff: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** One run of the embedded Triton: tells when it or one of its models' processes dies, and clears everything away. */
export class EmbeddedLife implements TritonLife {
  readonly url: string;
  readonly ours = true;
  readonly environment: Readonly<Record<string, string>>;
  readonly readyDeadlineMs = READY_DEADLINE_MS;
  readonly died: Promise<string>;
  readonly #options: EmbeddedLifeOptions;
  readonly #exited: Promise<void>;
  readonly #die: (reason: string) => void;
  #watched: readonly ProcessStat[] = [];
  #forgetPoll: (() => void) | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: EmbeddedLifeOptions) {
    this.url = options.url;
    this.environment = options.environment;
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.died = promise;
    this.#die = resolve;
    this.#exited = new Promise((done) => {
      options.child.once('exit', (code, signal) => {
        options.log.info({ code, signal }, 'triton exited');
        resolve('it has stopped');
        done();
      });
    });
  }

  async watchModels(): Promise<void> {
    const { group, child } = this.#options;
    const members = await groupMembers(group);
    this.#watched = members.filter((member) => member.pid !== child.pid);
    if (this.#stopping === undefined)
      this.#forgetPoll ??= this.#options.clock.after(STUB_POLL_MS, () => void this.#poll());
  }

  hasNewWeights(): Promise<boolean> {
    return this.#options.weights.hasChanged();
  }

  stop(kindly: boolean): Promise<void> {
    this.#stopping ??= this.#end(kindly);
    return this.#stopping;
  }

  /** Triton never restarts a dead process of a decoupled model, and goes on saying `ready`. */
  async #poll(): Promise<void> {
    const alive = await Promise.all(this.#watched.map(isAlive));
    this.#forgetPoll = undefined;
    if (this.#stopping !== undefined) return;
    if (alive.includes(false)) this.#die('a process of one of its models has stopped');
    else this.#forgetPoll = this.#options.clock.after(STUB_POLL_MS, () => void this.#poll());
  }

  async #end(kindly: boolean): Promise<void> {
    const { child, group, folder, callOff, clock, log } = this.#options;
    this.#forgetPoll?.();
    const inTime = (ms: number) =>
      new Promise<void>((resolve) => {
        const forget = clock.after(ms, resolve);
        void this.#exited.then(forget).then(resolve);
      });
    if (kindly) {
      child.kill('SIGTERM');
      await inTime(TERM_DEADLINE_MS);
    }
    signalGroup(group, 'SIGKILL');
    await inTime(KILL_DEADLINE_MS);
    callOff();
    await folder.remove().catch((cause: unknown) => log.warn({ cause }, 'leftovers of triton stay'));
  }
}
