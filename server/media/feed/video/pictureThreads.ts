import { availableParallelism } from 'node:os';
import { TritoneError } from '../../../../shared/errors.ts';
import type { Clock } from '../../../streams/clock.ts';
import type { OpenPictureEncoder, PictureEncoder, PictureEncoderOptions } from '../pictureEncoder.types.ts';
import { FeedEncoder } from './feedEncoder.ts';
import { PictureWorker, type Seated } from './pictureWorker.ts';

export interface PictureThreadsOptions {
  readonly clock: Clock;
  /** One a core unless given, but for the core that media and models need. */
  readonly limit?: number;
  /** What composes and encodes, as a worker thread that speaks `PictureOrder` and `PictureAnswer`. */
  readonly thread?: URL;
}

/** The threads that compose and encode the pictures of all feeds. Feeds are spread over them; a thread without one ends. */
export class PictureThreads {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #thread: URL;
  readonly #workers = new Set<PictureWorker>();
  readonly #encoders = new Set<FeedEncoder>();
  #lastFeedId = 0;
  #closing: Promise<void> | undefined;

  constructor({ clock, limit, thread }: PictureThreadsOptions) {
    this.#clock = clock;
    this.#limit = limit ?? Math.max(1, availableParallelism() - 1);
    this.#thread = thread ?? new URL('./pictureThread.ts', import.meta.url);
  }

  /** Threads that run now. */
  get count(): number {
    return this.#workers.size;
  }

  readonly open: OpenPictureEncoder = async (options: PictureEncoderOptions): Promise<PictureEncoder> => {
    const encoder: FeedEncoder = new FeedEncoder(++this.#lastFeedId, options, {
      sit: (feedId, seated) => this.#sit(feedId, seated),
      left: (worker) => this.#rest(worker),
      closed: () => this.#encoders.delete(encoder),
    });
    this.#encoders.add(encoder);
    try {
      await encoder.seat();
      return encoder;
    } catch (cause) {
      await encoder.close();
      throw cause;
    }
  };

  /** Ends every encoder and thread. Never rejects; twice is once. */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  /** @throws TritoneError `media.unavailable` */
  async #sit(feedId: number, seated: Seated): Promise<PictureWorker> {
    if (this.#closing !== undefined) throw new TritoneError('media.unavailable');
    const worker = this.#idlest();
    worker.sit(feedId, seated);
    try {
      await worker.ready;
      return worker;
    } catch (cause) {
      worker.leave(feedId);
      this.#rest(worker);
      throw cause;
    }
  }

  #idlest(): PictureWorker {
    const [idlest] = [...this.#workers].sort((one, other) => one.load - other.load);
    if (idlest !== undefined && (idlest.load === 0 || this.#workers.size >= this.#limit)) return idlest;
    const worker: PictureWorker = new PictureWorker(this.#thread, this.#clock, () => this.#workers.delete(worker));
    this.#workers.add(worker);
    return worker;
  }

  #rest(worker: PictureWorker): void {
    if (worker.load > 0 || !this.#workers.delete(worker)) return;
    void worker.end();
  }

  async #end(): Promise<void> {
    const workers = [...this.#workers];
    await Promise.all([...this.#encoders].map((encoder) => encoder.close()));
    await Promise.all(workers.map((worker) => worker.end()));
  }
}
