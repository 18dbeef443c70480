import { EventEmitter } from 'node:events';
import { createWorker, type types } from 'mediasoup';
import { withDeadline } from '../streams/withDeadline.ts';
import { mediaCodecs } from './mediaCodecs.ts';
import type { SfuOptions } from './sfu.types.ts';

const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 10_000;
/** A binary that runs but says nothing is no worker. */
const START_DEADLINE_MS = 15_000;
/** A worker that lived this long starts again at the shortest wait. */
const HEALTHY_AFTER_MS = 30_000;

export interface WorkerSlotOptions extends Pick<SfuOptions, 'workerBin' | 'clock' | 'log' | 'metrics'> {
  readonly listenAddress: string;
  /** 0: any. */
  readonly port: number;
}

interface Running {
  readonly worker: types.Worker;
  readonly server: types.WebRtcServer;
  readonly startedMs: number;
}

/**
 * mediasoup closes its workers by itself at the first SIGINT or SIGTERM; here calls must end before their media does,
 * so what it listens with is taken away again.
 */
function withoutSignals<T>(create: () => T): T {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const before = signals.map((signal) => process.listeners(signal));
  const created = create();
  for (const [index, signal] of signals.entries()) {
    for (const listener of process.listeners(signal)) {
      if (before[index]?.includes(listener) !== true) process.removeListener(signal, listener);
    }
  }
  return created;
}

/** A place for one mediasoup worker with its WebRtcServer. When the worker dies another takes the place, with back-off. */
export class WorkerSlot {
  readonly events = new EventEmitter<{ started: [] }>();
  readonly #options: WorkerSlotOptions;
  #running: Running | undefined;
  #load = 0;
  #retryMs = FIRST_RETRY_MS;
  #forgetRetry: () => void = () => {};
  #retired = false;
  #closed = false;

  constructor(options: WorkerSlotOptions) {
    this.#options = options;
  }

  get running(): boolean {
    return this.#running !== undefined;
  }

  get pid(): number | undefined {
    return this.#running?.worker.pid;
  }

  /** Streams in and out, plus one a router: what the worker's work grows with. */
  get load(): number {
    return this.#load;
  }

  /** Rejects with mediasoup's own error; the next try is on its way then. */
  async start(): Promise<void> {
    try {
      const running = await this.#spawn();
      if (this.#closed) return running.worker.close();
      this.#running = running;
      this.#load = 0;
      this.#options.metrics.gauge('tritone_sfu_workers', 'mediasoup workers that run').inc();
      running.worker.observer.once('close', () => this.#options.metrics.gauge('tritone_sfu_workers', '').dec());
      running.worker.on('died', (cause) => this.#died(running, cause));
      if (running.worker.died) return this.#died(running, new Error('died while starting'));
      this.events.emit('started');
    } catch (cause) {
      this.#retry();
      throw cause;
    }
  }

  async createRouter(): Promise<{ router: types.Router; server: types.WebRtcServer; addLoad: (by: number) => void }> {
    const running = this.#running;
    if (running === undefined) throw new Error('the worker is not running');
    this.#load += 1;
    const addLoad = (by: number) => {
      if (this.#running === running) this.#load += by;
    };
    try {
      const router = await running.worker.createRouter({ mediaCodecs });
      router.observer.once('close', () => addLoad(-1));
      return { router, server: running.server, addLoad };
    } catch (cause) {
      addLoad(-1);
      throw cause;
    }
  }

  /** What runs goes on; when it ends, nothing takes its place. */
  retire(): void {
    this.#retired = true;
    this.#forgetRetry();
  }

  close(): void {
    this.#closed = true;
    this.retire();
    this.#running?.worker.close();
    this.#running = undefined;
  }

  async #spawn(): Promise<Running> {
    const { workerBin, listenAddress, port, clock } = this.#options;
    const starting = withoutSignals(() =>
      createWorker({ logLevel: 'error', ...(workerBin === undefined ? {} : { workerBin }) }),
    );
    const worker = await withDeadline(clock, START_DEADLINE_MS, starting, () => {
      void starting.then((late) => late.close());
      return new Error('the worker does not answer');
    });
    try {
      const server = await worker.createWebRtcServer({
        listenInfos: (['udp', 'tcp'] as const).map((protocol) => ({
          protocol,
          ip: listenAddress,
          ...(port === 0 ? {} : { port }),
        })),
      });
      return { worker, server, startedMs: clock.nowMs() };
    } catch (cause) {
      worker.close();
      throw cause;
    }
  }

  #died(running: Running, cause: unknown): void {
    if (this.#running !== running) return;
    this.#running = undefined;
    const fields = { pid: running.worker.pid, cause: String(cause) };
    if (this.#retired) {
      this.#options.log.info(fields, 'media worker ended');
      return;
    }
    this.#options.metrics.counter('tritone_sfu_worker_deaths_total', 'mediasoup workers that died').inc();
    this.#options.log.error(fields, 'media worker died');
    if (this.#options.clock.nowMs() - running.startedMs > HEALTHY_AFTER_MS) this.#retryMs = FIRST_RETRY_MS;
    this.#retry();
  }

  #retry(): void {
    if (this.#retired) return;
    this.#forgetRetry();
    const waitMs = this.#retryMs;
    this.#retryMs = Math.min(2 * waitMs, LAST_RETRY_MS);
    this.#forgetRetry = this.#options.clock.after(waitMs, () => {
      this.start().catch((cause: unknown) =>
        this.#options.log.error({ cause: String(cause), retryMs: this.#retryMs }, 'media worker does not start'),
      );
    });
  }
}
