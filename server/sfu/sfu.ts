import { availableParallelism } from 'node:os';
import { TritoneError } from '../../shared/errors.ts';
import type { MediaRouter } from './mediaRouter.types.ts';
import { RoomRouter } from './roomRouter.ts';
import type { SfuOptions } from './sfu.types.ts';
import { takenPort } from './takenPort.ts';
import { WorkerSlot } from './workerSlot.ts';

/** Long enough for a dead worker's first successor. */
const WAIT_FOR_WORKER_MS = 3000;

/** The pool of mediasoup workers, one a core. Rooms open a router each on the least loaded. */
export class Sfu implements AsyncDisposable {
  readonly #options: SfuOptions;
  readonly #slots: readonly WorkerSlot[];
  #closed = false;

  /** Ready when every worker runs. @throws TritoneError `media.unavailable` when none does (`cause` tells why), `server.port_taken` */
  static async open(options: SfuOptions): Promise<Sfu> {
    const sfu = new Sfu(options);
    const starts = await Promise.allSettled(sfu.#slots.map((slot) => slot.start()));
    const failures = starts.filter((start) => start.status === 'rejected');
    for (const { reason } of failures) options.log.error({ cause: String(reason) }, 'media worker does not start');
    if (failures.length === starts.length) {
      await sfu.close();
      const port = await sfu.#takenPort();
      if (port !== undefined) throw new TritoneError('server.port_taken', { port, setting: 'RTC_PORT' });
      throw new TritoneError('media.unavailable', {}, { cause: failures[0]?.reason });
    }
    return sfu;
  }

  private constructor(options: SfuOptions) {
    this.#options = options;
    const { workers = availableParallelism(), listenAddress = '0.0.0.0', rtcPort = 0, clock, log, metrics } = options;
    this.#slots = Array.from(
      { length: workers },
      (_, index) =>
        new WorkerSlot({
          workerBin: options.workerBin,
          listenAddress,
          port: rtcPort === 0 ? 0 : rtcPort + index,
          clock,
          log: log.child({ worker: index }),
          metrics,
        }),
    );
  }

  /** Process ids of the workers that run. */
  get workerPids(): number[] {
    return this.#slots.flatMap((slot) => slot.pid ?? []);
  }

  /** Waits 3 s for a worker where all have just died. @throws TritoneError `media.unavailable` */
  async openRouter(): Promise<MediaRouter> {
    const slot = this.#leastLoaded() ?? (await this.#nextStarted());
    const { metrics, limits, announcedAddresses = ['127.0.0.1'] } = this.#options;
    try {
      const { router, server, addLoad } = await slot.createRouter();
      const addresses = [...new Set(announcedAddresses)];
      return await RoomRouter.open({ router, server, announcedAddresses: addresses, addLoad, limits, metrics });
    } catch (cause) {
      throw TritoneError.from(cause, 'media.unavailable');
    }
  }

  /**
   * The process is about to end. Calls keep their workers, but one that ends from now on, as by the Ctrl-C that a terminal
   * sends to the whole process group, is no fault and gets no successor.
   */
  retire(): void {
    for (const slot of this.#slots) slot.retire();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const slot of this.#slots) slot.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #takenPort(): Promise<number | undefined> {
    const { listenAddress = '0.0.0.0', rtcPort = 0 } = this.#options;
    if (rtcPort === 0) return undefined;
    return takenPort(
      listenAddress,
      this.#slots.map((_, index) => rtcPort + index),
    );
  }

  #leastLoaded(): WorkerSlot | undefined {
    return this.#slots.filter((slot) => slot.running).sort((a, b) => a.load - b.load)[0];
  }

  #nextStarted(): Promise<WorkerSlot> {
    if (this.#closed) return Promise.reject(new TritoneError('media.unavailable'));
    return new Promise((resolve, reject) => {
      const forget = this.#options.clock.after(WAIT_FOR_WORKER_MS, () => {
        stopListening();
        reject(new TritoneError('media.unavailable'));
      });
      const listeners = this.#slots.map((slot) => {
        const started = () => {
          stopListening();
          forget();
          resolve(slot);
        };
        slot.events.once('started', started);
        return () => slot.events.off('started', started);
      });
      const stopListening = () => {
        for (const stop of listeners) stop();
      };
    });
  }
}
