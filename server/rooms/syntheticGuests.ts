import { TritoneError } from '../../shared/errors.ts';
import type { OpenPictureEncoder } from '../media/feed/pictureEncoder.types.ts';
import { SyntheticMedia } from '../media/feed/syntheticMedia.ts';
import type { Clock } from '../streams/clock.ts';
import type { Log } from '../streams/log.ts';
import type { Metrics } from '../streams/metrics.ts';
import type { ReplaceableRouter } from './replaceableRouter.ts';
import type { RoomLogHandle, SyntheticOptions, SyntheticParticipant } from './roomHandle.ts';
import type { RoomTracks } from './roomTracks.ts';
import { SyntheticGuest } from './syntheticGuest.ts';

export interface SyntheticGuestsOptions {
  readonly router: ReplaceableRouter;
  readonly roomLog: RoomLogHandle;
  readonly tracks: RoomTracks;
  readonly openPictureEncoder: OpenPictureEncoder;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** One came or left. */
  readonly changed: () => void;
}

/** The participants of one call that the server makes. They move with the call when its media worker is replaced. */
export class SyntheticGuests {
  readonly #options: SyntheticGuestsOptions;
  readonly #guests = new Map<string, SyntheticGuest>();
  #opening = 0;
  #closed = false;

  constructor(options: SyntheticGuestsOptions) {
    this.#options = options;
    options.router.events.on('lost', () => {
      for (const guest of this.#guests.values()) guest.suspend();
    });
    options.router.events.on('replaced', () => {
      for (const guest of this.#guests.values()) void this.#move(guest);
    });
  }

  /** Those on their way among them. */
  get size(): number {
    return this.#guests.size + this.#opening;
  }

  find(participantId: string): SyntheticGuest | undefined {
    return this.#guests.get(participantId);
  }

  /** @throws TritoneError `room.closed`, `media.worker_died`, `media.unavailable` */
  async add(options: SyntheticOptions): Promise<SyntheticParticipant> {
    this.#opening += 1;
    const media = await this.#openMedia(options).finally(() => {
      this.#opening -= 1;
    });
    const { roomLog, tracks, changed } = this.#options;
    const guest: SyntheticGuest = new SyntheticGuest({
      ...options,
      media,
      log: roomLog,
      tracks,
      left: () => {
        this.#guests.delete(guest.participantId);
        changed();
      },
    });
    this.#guests.set(guest.participantId, guest);
    changed();
    return guest;
  }

  /** All leave, and nobody comes any more. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#guests.values()].map((guest) => guest.close()));
  }

  /** The router may be replaced while the media is being opened on it: who comes late begins anew. */
  async #openMedia({ face }: SyntheticOptions): Promise<SyntheticMedia> {
    const { router, openPictureEncoder, clock, log, metrics } = this.#options;
    const current = router.current;
    const media = await SyntheticMedia.open({ router: current, face, openPictureEncoder, clock, log, metrics });
    const problem = this.#closed ? 'room.closed' : router.holds(current) ? undefined : 'media.worker_died';
    if (problem === undefined) return media;
    await media.close();
    throw new TritoneError(problem);
  }

  async #move(guest: SyntheticGuest): Promise<void> {
    try {
      await guest.moveTo(this.#options.router.current);
    } catch (cause) {
      this.#options.log.debug({ err: cause }, 'a synthesized participant waits for the next media worker');
    }
  }
}
