import { TritoneError } from '../../shared/errors.ts';
import type { TrackSource } from '../../shared/roomLog.ts';
import { Emitter } from './emitter.ts';
import { LocalTrack } from './localTrack.ts';
import type { MediaConnection } from './mediaConnection.ts';
import type { Signaling } from './signaling.ts';

export interface PublishOptions {
  source: TrackSource;
  /** Published, but silent (or black) until `unmute`. */
  muted?: boolean;
}

/** Everything this page sends, one track a source. */
export class Publisher {
  readonly events = new Emitter<{ changed: [] }>();
  readonly #signaling: Signaling;
  readonly #tracks = new Map<TrackSource, LocalTrack>();
  #list: readonly LocalTrack[] = [];
  #connection: MediaConnection | undefined;

  constructor(signaling: Signaling) {
    this.#signaling = signaling;
  }

  /** Another array after each change. */
  get tracks(): readonly LocalTrack[] {
    return this.#list;
  }

  /** @throws TritoneError `track.source_taken`, `media.*`, `connection.timeout` */
  async publish(track: MediaStreamTrack, { source, muted = false }: PublishOptions): Promise<LocalTrack> {
    if (this.#tracks.has(source)) throw new TritoneError('track.source_taken', { source });
    const host = {
      signaling: this.#signaling,
      changed: () => this.#changed(),
      close: (closed: LocalTrack) => this.#close(closed),
    };
    const local = new LocalTrack(host, track, { source, muted });
    this.#tracks.set(source, local);
    this.#changed();
    if (this.#connection !== undefined) await this.#bind(local, this.#connection);
    this.#changed();
    return local;
  }

  /** Publishes everything anew. @throws the first track's error that a later attempt may mend */
  async moveTo(connection: MediaConnection): Promise<void> {
    this.detach();
    this.#connection = connection;
    for (const local of this.#tracks.values()) {
      if (this.#connection !== connection) return;
      await local.bind(connection);
    }
    this.#changed();
  }

  /** The transports are gone; the tracks wait for others. */
  detach(): void {
    this.#connection = undefined;
    for (const local of this.#tracks.values()) this.#unpublish(local);
  }

  /**
   * After a return to the same transports: `heldTrackIds` is what the server holds of this page.
   * Publishes what was added meanwhile, closes what was closed, tells what was muted. Never rejects.
   */
  async resume(heldTrackIds: readonly string[]): Promise<void> {
    const known = new Set([...this.#tracks.values()].map(({ trackId }) => trackId));
    for (const trackId of heldTrackIds) if (!known.has(trackId)) this.#tellClosed(trackId);
    for (const local of this.#tracks.values()) {
      if (local.trackId !== undefined) void local.sync();
      else if (this.#connection !== undefined) await this.#bind(local, this.#connection).catch(() => {});
    }
    this.#changed();
  }

  async #bind(local: LocalTrack, connection: MediaConnection): Promise<void> {
    try {
      await local.bind(connection);
    } catch (cause) {
      const error = TritoneError.from(cause, 'media.not_negotiated', { problem: 'the track cannot be sent' });
      if (error.code === 'connection.lost' || this.#connection !== connection) return; // published at the return
      this.#tracks.delete(local.source);
      this.#changed();
      throw error;
    }
  }

  #close(local: LocalTrack): void {
    if (this.#tracks.get(local.source) !== local) return;
    this.#tracks.delete(local.source);
    this.#unpublish(local);
    this.#changed();
  }

  #unpublish(local: LocalTrack): void {
    const { trackId } = local;
    local.unbind();
    if (trackId !== undefined) this.#tellClosed(trackId);
  }

  /** What the server does not hold any more needs no closing. */
  #tellClosed(trackId: string): void {
    this.#signaling.request('track:close', { trackId }).catch(() => {});
  }

  #changed(): void {
    this.#list = [...this.#tracks.values()];
    this.events.emit('changed');
  }
}
