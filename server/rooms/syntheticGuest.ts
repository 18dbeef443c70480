import { randomUUID } from 'node:crypto';
import type { SyntheticMedia } from '../media/feed/syntheticMedia.ts';
import type { MediaRouter } from '../sfu/mediaRouter.types.ts';
import type { RoomLogHandle, RoomParticipant, SyntheticOptions, SyntheticParticipant } from './roomHandle.ts';
import type { RoomTracks } from './roomTracks.ts';

export interface SyntheticGuestOptions extends SyntheticOptions {
  readonly media: SyntheticMedia;
  readonly log: RoomLogHandle;
  readonly tracks: RoomTracks;
  readonly left: () => void;
}

/** One participant that the server makes: its place in the call, and the media that it sends. */
export class SyntheticGuest implements SyntheticParticipant, RoomParticipant {
  readonly participantId = randomUUID();
  readonly synthetic = true;
  readonly name: string;
  readonly language: string;
  readonly audio: SyntheticMedia['audio'];
  readonly video: SyntheticMedia['video'];
  readonly #options: SyntheticGuestOptions;
  readonly #abort = new AbortController();
  #closing: Promise<void> | undefined;

  /** Joins the call and publishes. */
  constructor(options: SyntheticGuestOptions) {
    const { name, language, media, log } = options;
    this.#options = options;
    this.name = name;
    this.language = language;
    this.audio = media.audio;
    this.video = media.video;
    const { participantId } = this;
    log.append({ type: 'participant-joined', participantId, name, language, synthetic: true });
    this.#publish();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The router is gone, and its tracks have been closed. */
  suspend(): void {
    this.#options.media.suspend();
  }

  /** @throws TritoneError `media.worker_died`: then there will be another router */
  async moveTo(router: MediaRouter): Promise<void> {
    await this.#options.media.moveTo(router);
    if (!this.signal.aborted) this.#publish();
  }

  close(): Promise<void> {
    this.#closing ??= this.#leave();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Whoever speaks through it hears of the end first, so that its last words stand in the log before it leaves. */
  async #leave(): Promise<void> {
    const { media, log, tracks, left } = this.#options;
    this.#abort.abort();
    const closed = media.close();
    tracks.removeAllOf(this.participantId);
    log.append({ type: 'participant-left', participantId: this.participantId });
    left();
    await closed;
  }

  #publish(): void {
    const { media, tracks } = this.#options;
    for (const track of media.tracks) tracks.add({ ...track, participantId: this.participantId, paused: false });
  }
}
