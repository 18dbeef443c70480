import type { types } from 'mediasoup-client';
import type { TrackKind, TrackSource } from '../../shared/roomLog.ts';
import type { Capture } from './capture.ts';
import type { MediaConnection } from './mediaConnection.ts';
import { type Door, Teller } from './teller.ts';

export interface LocalTrackHost {
  signaling: Door;
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
  /** What the server knows; undefined after a request whose end is not known. */
  #toldPaused: boolean | undefined = false;
  readonly #teller: Teller;

  constructor(host: LocalTrackHost, track: MediaStreamTrack, options: { source: TrackSource; muted: boolean }) {
    this.#host = host;
    this.#teller = new Teller(host.signaling, () => this.#tell());
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
  sync(): Promise<void> {
    return this.#teller.sync();
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

  #tell(): Promise<void> | undefined {
    const producer = this.#producer;
    const paused = this.#paused;
    if (producer === undefined || this.#toldPaused === paused) return undefined;
    const told = this.#host.signaling.request(paused ? 'track:pause' : 'track:resume', { trackId: producer.id });
    return told.then(
      () => {
        if (producer === this.#producer) this.#toldPaused = paused;
      },
      (error: unknown) => {
        // Published anew meanwhile: that one's state is told next.
        if (producer !== this.#producer) return;
        this.#toldPaused = undefined;
        throw error;
      },
    );
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
