import { TritoneError } from '../../shared/errors.ts';
import type { AudioOutput } from './audioOutput.ts';
import { Emitter } from './emitter.ts';
import type { MediaConnection } from './mediaConnection.ts';
import { RemoteTrack } from './remoteTrack.ts';
import type { RoomTrack } from './roomState.ts';
import type { Signaling } from './signaling.ts';

export interface SubscriberEvents {
  /** Media of this track arrives, for the first time or anew. */
  subscribed: [track: RemoteTrack];
  unsubscribed: [track: RemoteTrack];
  error: [error: TritoneError];
}

const RETRY_MS = 1_000;
const RETRY_MAX_MS = 8_000;

/** Receives every track of the others: sound at once, pictures where they show. */
export class Subscriber {
  readonly events = new Emitter<SubscriberEvents>();
  readonly #signaling: Signaling;
  readonly #output: AudioOutput;
  readonly #tracks = new Map<string, RemoteTrack>();
  readonly #pending = new Set<RemoteTrack>();
  #connection: MediaConnection | undefined;

  constructor(signaling: Signaling, output: AudioOutput) {
    this.#signaling = signaling;
    this.#output = output;
    signaling.events.on('consumer:closed', ({ consumerId, trackId }) => {
      const track = this.#tracks.get(trackId);
      if (track?.consumerId === consumerId) this.#unbind(track);
    });
  }

  get tracks(): ReadonlyMap<string, RemoteTrack> {
    return this.#tracks;
  }

  /** All tracks of the others that are open now. */
  setTracks(open: readonly RoomTrack[]): void {
    const openIds = new Set(open.map(({ trackId }) => trackId));
    for (const track of [...this.#tracks.values()]) {
      if (openIds.has(track.trackId)) continue;
      this.#tracks.delete(track.trackId);
      this.#unbind(track);
    }
    for (const roomTrack of open) {
      if (this.#tracks.has(roomTrack.trackId)) continue;
      const track = new RemoteTrack(roomTrack, this.#signaling);
      this.#tracks.set(track.trackId, track);
      void this.#subscribe(track);
    }
  }

  moveTo(connection: MediaConnection): void {
    this.detach();
    this.#connection = connection;
    for (const track of this.#tracks.values()) void this.#subscribe(track);
  }

  detach(): void {
    this.#connection = undefined;
    for (const track of this.#tracks.values()) this.#unbind(track);
  }

  /** After a return to the same transports. */
  resume(): void {
    for (const track of this.#tracks.values()) {
      if (track.mediaStreamTrack === undefined) void this.#subscribe(track);
      else void track.sync();
    }
  }

  /** `retryMs`: how long to wait before the next attempt, should this one be refused for the moment. */
  async #subscribe(track: RemoteTrack, retryMs = RETRY_MS): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined || this.#pending.has(track)) return;
    this.#pending.add(track);
    try {
      const consumer = await connection.consume(track.trackId, streamId(track));
      if (connection !== this.#connection || this.#tracks.get(track.trackId) !== track) return consumer.close();
      track.bind(consumer);
      if (track.kind === 'audio') this.#output.play(consumer.track);
      this.events.emit('subscribed', track);
    } catch (cause) {
      const error = TritoneError.from(cause, 'media.cannot_consume', { trackId: track.trackId });
      // What went wrong on transports that are gone is of no interest: `finally` asks on the present ones.
      if (connection === this.#connection) this.#handleError(track, error, retryMs);
    } finally {
      this.#pending.delete(track);
      // The connection was replaced while this one was asked.
      if (connection !== this.#connection && this.#tracks.get(track.trackId) === track) void this.#subscribe(track);
    }
  }

  #handleError(track: RemoteTrack, error: TritoneError, retryMs: number): void {
    // Closed meanwhile, or asked again after the return.
    if (error.code === 'track.not_found' || error.code === 'connection.lost') return;
    if (error.retryable) setTimeout(() => this.#retry(track, Math.min(2 * retryMs, RETRY_MAX_MS)), retryMs);
    else this.events.emit('error', error);
  }

  #retry(track: RemoteTrack, retryMs: number): void {
    const wanted = this.#tracks.get(track.trackId) === track && track.mediaStreamTrack === undefined;
    if (wanted && this.#signaling.connected) void this.#subscribe(track, retryMs);
  }

  #unbind(track: RemoteTrack): void {
    const media = track.mediaStreamTrack;
    if (media === undefined) return;
    this.#output.stop(media);
    track.unbind();
    this.events.emit('unsubscribed', track);
  }
}

/** Browsers keep a microphone and a camera in step, and a screen with its sound. */
function streamId({ participantId, source }: RemoteTrack): string {
  return `${participantId}-${source.startsWith('screen') ? 'screen' : 'person'}`;
}
