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
  #producer: types.Producer | undefined;
  #toldPaused = false;
  #syncing: Promise<void> | undefined;

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
    await this.#producer?.replaceTrack({ track });
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

  /** @internal Publishes on a fresh connection. @throws TritoneError `media.*`, `track.source_taken`, `connection.*` */
  async bind(connection: MediaConnection): Promise<void> {
    this.unbind();
    if (this.#mediaStreamTrack.readyState === 'ended') return;
    const paused = this.#paused;
    this.#producer = await connection.produce(this.#mediaStreamTrack, this.source, paused);
    this.#toldPaused = paused;
    this.#apply();
  }

  /** @internal */
  unbind(): void {
    this.#producer?.close();
    this.#producer = undefined;
  }

  /** @internal Tells the server what it does not know yet. */
  sync(): void {
    this.#syncing ??= this.#tell().finally(() => {
      this.#syncing = undefined;
    });
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
    this.sync();
  }

  async #tell(): Promise<void> {
    const trackId = this.#producer?.id;
    while (trackId !== undefined && trackId === this.#producer?.id && this.#toldPaused !== this.#paused) {
      const paused = this.#paused;
      try {
        await this.#host.signaling.request(paused ? 'track:pause' : 'track:resume', { trackId });
      } catch {
        return; // told again after the connection's return
      }
      this.#toldPaused = paused;
    }
  }
}
