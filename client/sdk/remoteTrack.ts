import type { types } from 'mediasoup-client';
import type { Layers } from './layers.ts';
import type { RoomTrack } from './roomState.ts';
import { type Door, Teller } from './teller.ts';

/** What another participant sends from one source, as this page receives it. */
export class RemoteTrack {
  readonly trackId: string;
  readonly participantId: string;
  readonly kind: RoomTrack['kind'];
  readonly source: RoomTrack['source'];
  readonly #signaling: Door;
  readonly #teller: Teller;
  readonly #elements = new Set<HTMLMediaElement>();
  #consumer: types.Consumer | undefined;
  /** Undefined: nothing is to be received. */
  #wanted: Layers | undefined;
  /** What the server knows. */
  #told: Layers | undefined | 'unknown';

  constructor(track: RoomTrack, signaling: Door) {
    this.trackId = track.trackId;
    this.participantId = track.participantId;
    this.kind = track.kind;
    this.source = track.source;
    this.#signaling = signaling;
    this.#teller = new Teller(signaling, () => this.#next());
    // Sound is always wanted; a picture only where it shows.
    if (track.kind === 'audio') this.#wanted = { spatialLayer: 0, temporalLayer: 0 };
  }

  /** Undefined until it arrives, and while the connection is made anew. */
  get mediaStreamTrack(): MediaStreamTrack | undefined {
    return this.#consumer?.track;
  }

  get consumerId(): string | undefined {
    return this.#consumer?.id;
  }

  /** As heard in the last packets, 0 to 1; 0 where the browser does not tell. */
  audioLevel(): number {
    const [source] = this.#consumer?.rtpReceiver?.getSynchronizationSources?.() ?? [];
    return source?.audioLevel ?? 0;
  }

  /** WebRTC statistics of what arrives; empty while nothing does. */
  async getStats(): Promise<RTCStatsReport> {
    return (await this.#consumer?.rtpReceiver?.getStats()) ?? new Map();
  }

  /** @internal Shows the picture in `element`, now and after each new connection. The answer takes it out. */
  attach(element: HTMLMediaElement): () => void {
    this.#elements.add(element);
    this.#show(element);
    return () => {
      this.#elements.delete(element);
      element.srcObject = null;
    };
  }

  /** @internal Undefined layers stop the server's sending until there are some again. */
  want(layers: Layers | undefined): void {
    this.#wanted = layers;
    void this.sync();
  }

  /** @internal */
  bind(consumer: types.Consumer): void {
    this.#consumer = consumer;
    this.#told = undefined;
    for (const element of this.#elements) this.#show(element);
    void this.sync();
  }

  /** @internal */
  unbind(): void {
    this.#consumer?.close();
    this.#consumer = undefined;
  }

  /** @internal Tells the server what it does not know yet. */
  sync(): Promise<void> {
    return this.#teller.sync();
  }

  #show(element: HTMLMediaElement): void {
    const track = this.mediaStreamTrack;
    element.srcObject = track === undefined ? null : new MediaStream([track]);
    // Never awaited: it settles when the first frame comes, which is after the server's side has been resumed.
    if (track !== undefined) void element.play().catch(() => {});
  }

  #next(): Promise<void> | undefined {
    const consumer = this.#consumer;
    const wanted = this.#wanted;
    if (consumer === undefined || (this.#told !== 'unknown' && same(wanted, this.#told))) return undefined;
    return this.#tell(consumer.id, wanted).then(
      () => {
        if (consumer === this.#consumer) this.#told = wanted;
      },
      (error: unknown) => {
        // Received anew meanwhile: that one is told next.
        if (consumer !== this.#consumer) return;
        this.#told = 'unknown';
        throw error;
      },
    );
  }

  async #tell(consumerId: string, wanted: Layers | undefined): Promise<void> {
    if (wanted === undefined) {
      await this.#signaling.request('consumer:pause', { consumerId });
      return;
    }
    if (this.source === 'camera') await this.#signaling.request('consumer:layers', { consumerId, ...wanted });
    if (this.#told === undefined || this.#told === 'unknown')
      await this.#signaling.request('consumer:resume', { consumerId });
  }
}

function same(a: Layers | undefined, b: Layers | undefined): boolean {
  return a?.spatialLayer === b?.spatialLayer && a?.temporalLayer === b?.temporalLayer;
}
