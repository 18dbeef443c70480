import { EventEmitter } from 'node:events';
import { TritoneError } from '../../shared/errors.ts';
import type { Clock } from '../streams/clock.ts';
import type { Log } from '../streams/log.ts';
import type { Counter, Histogram, Metrics } from '../streams/metrics.ts';
import { onAbort } from '../streams/onAbort.ts';
import { sleep } from '../streams/sleep.ts';
import type { Catalogue } from './catalogue.ts';
import type { LifeSigns } from './lifeSigns.ts';
import { serveTriton } from './serveTriton.ts';
import { type InferenceStatus, TritonAway, type TritonHost, type TritonLife } from './triton.types.ts';
import { TritonClient } from './tritonClient.ts';
import { Wake } from './wake.ts';

/** A Triton that served so long was well: its end is news, and the next start is not held back. */
const WELL_AFTER_MS = 3000;
const FIRST_BACK_OFF_MS = 250;
const LONGEST_BACK_OFF_MS = 5000;
const SHUTTING_DOWN = 'the server is shutting down';

export interface SupervisorOptions {
  readonly host: TritonHost;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly signs: LifeSigns;
  /** Models to load first. */
  readonly preferred: () => readonly string[];
}

/**
 * Keeps a Triton answering: at the first sign of sickness gives it up, fails what is open on it with a retryable
 * error, and starts anew; the first time at once, then ever later.
 */
export class Supervisor implements AsyncDisposable {
  readonly events = new EventEmitter<{ changed: [status: InferenceStatus] }>();
  readonly #options: SupervisorOptions;
  readonly #closing = new AbortController();
  readonly #wake = new Wake();
  readonly #restarts: Counter;
  readonly #canaryMs: Histogram;
  readonly #done: Promise<void>;
  #status: InferenceStatus = { state: 'starting', reason: 'Triton is starting' };
  #client: TritonClient | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { metrics } = options;
    this.#restarts = metrics.counter('tritone_triton_restarts_total', 'Tritons given up and started anew');
    this.#canaryMs = metrics.histogram(
      'tritone_triton_canary_ms',
      'Answer time of canaries',
      [2, 5, 10, 50, 250, 1000, 2500],
    );
    this.#done = this.#run();
  }

  get status(): InferenceStatus {
    return this.#status;
  }

  /** The client of the Triton that answers now. @throws TritoneError `inference.unavailable` with the reason */
  client(): TritonClient {
    if (this.#client === undefined) {
      throw new TritoneError('inference.unavailable', { reason: this.#status.reason ?? 'it is starting' });
    }
    return this.#client;
  }

  /** Something failed that may mean a sick server: looks at once. */
  suspect(): void {
    this.#wake.now();
  }

  /** Never rejects; twice is once. */
  close(): Promise<void> {
    this.#closing.abort(new TritoneError('inference.cancelled'));
    return this.#done;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    let failures = 0;
    while (!signal.aborted) {
      const { reason, servedMs } = await this.#live();
      if (signal.aborted) break;
      failures = servedMs >= WELL_AFTER_MS ? 0 : failures + 1;
      const backOffMs = failures === 0 ? 0 : Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** (failures - 1));
      this.#options.log.warn({ reason, servedMs: Math.round(servedMs), backOffMs }, 'triton given up');
      this.#restarts.inc();
      await sleep(this.#options.clock, backOffMs, signal);
    }
    this.#set({ state: 'away', reason: SHUTTING_DOWN });
  }

  /** One Triton from start to end. Never rejects. */
  async #live(): Promise<{ reason: string; servedMs: number }> {
    const { host, catalogue, clock, log, signs, preferred } = this.#options;
    const life = new AbortController();
    const forgetOwner = onAbort(this.#closing.signal, () => life.abort(this.#closing.signal.reason));
    let triton: TritonLife | undefined;
    let client: TritonClient | undefined;
    let readyAtMs: number | undefined;
    let reason = SHUTTING_DOWN;
    try {
      triton = await host.start(life.signal);
      const answering = new TritonClient(triton.url);
      client = answering;
      const onReady = () => {
        readyAtMs ??= clock.nowMs();
        this.#client = answering;
        this.#set({ state: 'ready' });
      };
      await serveTriton({
        triton,
        client,
        catalogue,
        clock,
        log,
        canaryMs: this.#canaryMs,
        signs,
        wake: this.#wake,
        preferred: preferred(),
        signal: life.signal,
        onReady,
      });
    } catch (cause) {
      if (!this.#closing.signal.aborted) reason = reasonOf(cause);
      log.debug({ cause }, 'triton failed');
    }
    const closing = this.#closing.signal.aborted;
    forgetOwner();
    life.abort(new TritoneError('inference.cancelled'));
    this.#client = undefined;
    if (!closing) this.#set({ state: 'away', reason });
    catalogue.suspend('unavailable', reason);
    client?.close(new TritoneError('inference.unavailable', { reason }));
    await triton?.stop(closing);
    return { reason, servedMs: readyAtMs === undefined ? 0 : clock.nowMs() - readyAtMs };
  }

  #set(status: InferenceStatus): void {
    if (status.state === this.#status.state && status.reason === this.#status.reason) return;
    this.#status = status;
    this.#options.log.info({ ...status }, 'inference status changed');
    this.events.emit('changed', status);
  }
}

function reasonOf(cause: unknown): string {
  if (cause instanceof TritonAway) return cause.message;
  if (cause instanceof TritoneError && cause.code !== 'inference.unavailable') return cause.message;
  return 'nothing answers at its address';
}
