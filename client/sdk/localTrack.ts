import type { types } from 'mediasoup-client';
import type { TrackKind, TrackSource } from '../../shared/roomLog.ts';
import type { Capture } from './capture.ts';
import type { MediaConnection } from './mediaConnection.ts';
import type { Signaling } from './signaling.ts';

export interface LocalTrackHost {
  signaling: Signaling;
  /** Something of the track has changed. */
  changed: () => void;
  close: (track: LocalTrack) => void;
}

/** What this page sends from one source. Survives lost connections: it is published again by itself. */
export class LocalTrack {
  readonly source: TrackSource;
  readonly kind: TrackKind;
  readonly #host: LocalTrackHost;
  #mediaStreamTrack: MediaStreamTrack;
  #muted: boolean;
  /** No device behind it at the moment: silent as if muted. */
  #starved = false;
  #connection: MediaConnection | undefined;
  #publishing: Promise<void> | undefined;
  #producer: types.Producer | undefined;
  #toldPaused = false;
  #syncing = false;

  constructor(host: LocalTrackHost, track: MediaStreamTrack, options: { source: TrackSource; muted: boolean }) {
    this.#host = host;
    this.#mediaStreamTrack = track;
    this.#muted = options.muted;
    this.source = options.source;
    this.kind = track.kind === 'audio' ? 'audio' : 'video';
    track.enabled = !options.muted;
  }

  /** Undefined while not published. */
  get trackId(): string | undefined {
    return this.#producer?.id;
  }

  get muted(): boolean {
    return this.#muted;
  }

  get mediaStreamTrack(): MediaStreamTrack {
    return this.#mediaStreamTrack;
  }

  /** Sending stops at once, the server hears of it at once or after its return. */
  mute(): void {
    this.#setMuted(true);
  }

  unmute(): void {
    this.#setMuted(false);
  }

  /** Sends from another device; the track at the other end stays the same. The former track is not stopped. */
  async replace(track: MediaStreamTrack): Promise<void> {
    track.enabled = !this.#muted;
    this.#mediaStreamTrack = track;
    this.#starved = false;
    if (this.#producer !== undefined) await this.#producer.replaceTrack({ track });
    else if (this.#connection !== undefined) await this.#publishAnew(this.#connection);
    this.#apply();
  }

  /** From now on what `capture` gives is sent, also after its device was unplugged and another took over. */
  follow(capture: Capture): void {
    capture.events.on('replaced', (track) => void this.replace(track).catch(globalThis.reportError));
    capture.events.on('lost', () => {
      this.#starved = true;
      this.#apply();
    });
  }

  /** Ends sending. Does not stop the device. */
  close(): void {
    this.#host.close(this);
  }

  /** @internal Publishes on a fresh connection, once. @throws TritoneError `media.*`, `track.source_taken`, `connection.*` */
  bind(connection: MediaConnection): Promise<void> {
    if (this.#connection !== connection || this.#publishing === undefined) {
      this.unbind();
      this.#connection = connection;
      this.#publishing = this.#publish(connection).catch((error: unknown) => {
        if (this.#connection === connection) this.#publishing = undefined;
        throw error;
      });
    }
    return this.#publishing;
  }

  /** @internal */
  unbind(): void {
    this.#connection = undefined;
    this.#publishing = undefined;
    this.#producer?.close();
    this.#producer = undefined;
  }

  /** @internal Tells the server what it does not know yet. What cannot be told now is told after the connection's return. */
  async sync(): Promise<void> {
    if (this.#syncing) return;
    this.#syncing = true;
    let trackId = this.#producer?.id;
    while (trackId !== undefined && this.#toldPaused !== this.#paused) {
      const paused = this.#paused;
      const request = this.#host.signaling.request(paused ? 'track:pause' : 'track:resume', { trackId });
      const told = await request.then(
        () => true,
        () => false,
      );
      const same = trackId === this.#producer?.id;
      if (same && !told) break;
      if (same) this.#toldPaused = paused;
      trackId = this.#producer?.id;
    }
    this.#syncing = false;
  }

  async #publish(connection: MediaConnection): Promise<void> {
    if (this.#mediaStreamTrack.readyState === 'ended') return;
    const paused = this.#paused;
    const producer = await connection.produce(this.#mediaStreamTrack, this.source, paused);
    if (this.#connection !== connection) {
      producer.close();
      this.#host.signaling.request('track:close', { trackId: producer.id }).catch(() => {});
      return;
    }
    this.#producer = producer;
    this.#toldPaused = paused;
    this.#apply();
  }

  get #paused(): boolean {
    return this.#muted || this.#starved;
  }

  #setMuted(muted: boolean): void {
    if (muted === this.#muted) return;
    this.#muted = muted;
    this.#apply();
  }

  #apply(): void {
    this.#mediaStreamTrack.enabled = !this.#muted;
    if (this.#paused) this.#producer?.pause();
    else this.#producer?.resume();
    this.#host.changed();
    void this.sync();
  }

  /** The device was away when the connection was made: now there is something to publish. */
  #publishAnew(connection: MediaConnection): Promise<void> {
    this.#publishing = undefined;
    return this.bind(connection);
  }
}
