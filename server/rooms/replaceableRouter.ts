import { EventEmitter } from 'node:events';
import { TritoneError } from '../../shared/errors.ts';
import type { MediaRouter } from '../sfu/mediaRouter.types.ts';
import type { Clock } from '../streams/clock.ts';
import type { Log } from '../streams/log.ts';
import { sleep } from '../streams/sleep.ts';

const RETRY_MS = 500;

export interface ReplaceableRouterOptions {
  openRouter: () => Promise<MediaRouter>;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}

export interface ReplaceableRouterEvents {
  /** The worker died: every track is gone. */
  lost: [];
  /** Another router stands in its place. */
  replaced: [];
  activeSpeaker: [trackId: string | undefined];
}

/** The room's router for the time being: when its worker dies, another is opened until one holds. */
export class ReplaceableRouter {
  readonly events = new EventEmitter<ReplaceableRouterEvents>();
  readonly #options: ReplaceableRouterOptions;
  #current: MediaRouter | undefined;

  constructor(router: MediaRouter, options: ReplaceableRouterOptions) {
    this.#options = options;
    this.#use(router);
  }

  /** @throws TritoneError `media.worker_died` until the next one stands */
  get current(): MediaRouter {
    if (this.#current === undefined) throw new TritoneError('media.worker_died');
    return this.#current;
  }

  /** Whether `router` still is the one. */
  holds(router: MediaRouter): boolean {
    return this.#current === router;
  }

  close(): void {
    this.#current?.close();
    this.#current = undefined;
  }

  #use(router: MediaRouter): void {
    this.#current = router;
    router.events.on('activeSpeaker', (trackId) => this.events.emit('activeSpeaker', trackId));
    router.events.once('died', () => {
      this.#current = undefined;
      this.events.emit('lost');
      void this.#replace();
    });
  }

  async #replace(): Promise<void> {
    const { openRouter, clock, log, signal } = this.#options;
    while (!signal.aborted) {
      try {
        const router = await openRouter();
        if (signal.aborted) return router.close();
        this.#use(router);
        this.events.emit('replaced');
        return;
      } catch (cause) {
        log.warn({ err: cause }, 'no router for the room yet');
        await sleep(clock, RETRY_MS, signal);
      }
    }
  }
}
