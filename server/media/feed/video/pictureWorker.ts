import { Worker } from 'node:worker_threads';
import { TritoneError } from '../../../../shared/errors.ts';
import type { Clock } from '../../../streams/clock.ts';
import { withDeadline } from '../../../streams/withDeadline.ts';
import type { PictureAnswer, PictureOrder } from './pictureMessages.ts';

const HEAP_LIMIT_MB = 128;
const START_DEADLINE_MS = 15_000;
const END_DEADLINE_MS = 1000;

/** Whose pictures a thread makes. */
export interface Seated {
  answered(answer: Exclude<PictureAnswer, { type: 'ready' }>): void;
  /** The thread is gone, and all it knew. Once. */
  lost(cause: unknown): void;
}

/** One worker thread and the feeds that sit at it. */
export class PictureWorker {
  /** Settles when it can encode. @throws TritoneError `media.unavailable` */
  readonly ready: Promise<void>;
  readonly #clock: Clock;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #seats = new Map<number, Seated>();
  readonly #gone: () => void;
  #ending: Promise<void> | undefined;

  /** @param gone told when it has ended unasked, or is given up */
  constructor(thread: URL, clock: Clock, gone: () => void) {
    this.#clock = clock;
    this.#gone = gone;
    const worker = new Worker(thread, { resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB } });
    this.#worker = worker;
    let problem: unknown;
    worker.on('error', (cause) => {
      problem = cause;
    });
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()));
    const started = new Promise<void>((resolve, reject) => {
      worker.on('message', (answer: PictureAnswer) => {
        if (answer.type === 'ready') resolve();
        else this.#seats.get(answer.feedId)?.answered(answer);
      });
      worker.once('exit', () => {
        const cause = problem ?? new Error('the thread of pictures has ended');
        reject(cause);
        if (this.#ending !== undefined) return;
        gone();
        this.#leaveAll(cause);
      });
    });
    this.ready = withDeadline(clock, START_DEADLINE_MS, started, () => new Error('the thread does not start')).catch(
      (cause: unknown) => {
        throw new TritoneError('media.unavailable', {}, { cause });
      },
    );
    this.ready.catch(() => {});
  }

  get load(): number {
    return this.#seats.size;
  }

  sit(feedId: number, seated: Seated): void {
    this.#seats.set(feedId, seated);
  }

  leave(feedId: number): void {
    if (this.#seats.delete(feedId)) this.post({ type: 'close', feedId });
  }

  post(order: PictureOrder, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(order, transfer);
  }

  /** It does not answer: all who sit here are told, and look for another. */
  giveUp(cause: unknown): void {
    this.#gone();
    void this.#worker.terminate();
    this.#leaveAll(cause);
  }

  /** Lets it finish. Never rejects; twice is once. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    this.post({ type: 'end' });
    await withDeadline(this.#clock, END_DEADLINE_MS, this.#exited, () => undefined).catch(() =>
      this.#worker.terminate(),
    );
  }

  #leaveAll(cause: unknown): void {
    const seats = [...this.#seats.values()];
    this.#seats.clear();
    for (const seated of seats) seated.lost(cause);
  }
}
