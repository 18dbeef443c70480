import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import { TritoneError } from '../../shared/errors.ts';
import type { TrackSource } from '../../shared/roomLog.ts';
import type { Metrics } from '../streams/metrics.ts';
import { ActiveSpeaker } from './activeSpeaker.ts';
import { DirectPeer } from './directPeer.ts';
import { LayerDemand } from './layerDemand.ts';
import type { DirectMedia, MediaRouter, MediaRouterEvents, PeerMedia } from './mediaRouter.types.ts';
import { RoomPeer } from './roomPeer.ts';
import type { PeerLimits } from './sfu.types.ts';

export interface RoomRouterOptions {
  readonly router: types.Router;
  readonly server: types.WebRtcServer;
  readonly announcedAddresses: readonly string[];
  /** Tells the pool of streams that come (1) and go (-1). */
  readonly addLoad: (by: number) => void;
  readonly limits?: PeerLimits | undefined;
  readonly metrics: Metrics;
}

/** One room's mediasoup router, its peers, and what the server itself sends into it. */
export class RoomRouter implements MediaRouter {
  readonly events = new EventEmitter<MediaRouterEvents>();
  readonly router: types.Router;
  readonly #options: RoomRouterOptions;
  readonly #producers = new Map<string, types.Producer>();
  readonly #peers = new Set<RoomPeer>();
  readonly #layerDemand = new LayerDemand();
  #speaker: ActiveSpeaker | undefined;
  #closed = false;

  static async open(options: RoomRouterOptions): Promise<RoomRouter> {
    const room = new RoomRouter(options);
    try {
      room.#speaker = await ActiveSpeaker.open(options.router, (trackId) => room.events.emit('activeSpeaker', trackId));
    } catch (cause) {
      room.close();
      throw TritoneError.from(cause, 'media.unavailable');
    }
    return room;
  }

  private constructor(options: RoomRouterOptions) {
    this.router = options.router;
    this.#options = options;
    this.#layerDemand.events.setMaxListeners(0);
    const gauge = options.metrics.gauge('tritone_sfu_routers', 'Routers open, one a room');
    gauge.inc();
    this.router.observer.once('close', () => gauge.dec());
    this.router.on('workerclose', () => this.#lost());
  }

  get rtpCapabilities(): types.RtpCapabilities {
    return this.router.rtpCapabilities;
  }

  producer(trackId: string): types.Producer | undefined {
    return this.#producers.get(trackId);
  }

  /** @throws TritoneError `media.worker_died`, `room.closed` */
  openPeer(): PeerMedia {
    this.#mustBeOpen();
    const { server, announcedAddresses, addLoad, limits } = this.#options;
    const peer = new RoomPeer({
      router: this.router,
      server,
      announcedAddresses,
      ...(limits === undefined ? {} : { limits }),
      hasTrack: (trackId) => this.#producers.has(trackId),
      produced: (producer, source) => this.#produced(producer, source),
      consumed: (consumer) => {
        addLoad(1);
        consumer.observer.once('close', () => addLoad(-1));
        this.#layerDemand.add(consumer);
      },
      layersPreferred: (consumer) => this.#layerDemand.preferencesChanged(consumer),
      closed: () => this.#peers.delete(peer),
    });
    this.#peers.add(peer);
    return peer;
  }

  /** @throws TritoneError `media.worker_died`, `room.closed` */
  async openDirect(): Promise<DirectMedia> {
    this.#mustBeOpen();
    return DirectPeer.open({
      router: this.router,
      layerDemand: this.#layerDemand,
      produced: (producer, source) => this.#produced(producer, source),
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const peer of [...this.#peers]) peer.close();
    this.router.close();
  }

  #mustBeOpen(): void {
    if (this.router.closed) throw new TritoneError(this.#closed ? 'room.closed' : 'media.worker_died');
  }

  #lost(): void {
    if (this.#closed) return;
    for (const peer of [...this.#peers]) peer.close();
    this.events.emit('died');
  }

  async #produced(producer: types.Producer, source: TrackSource): Promise<void> {
    this.#producers.set(producer.id, producer);
    this.#options.addLoad(1);
    producer.observer.once('close', () => {
      this.#producers.delete(producer.id);
      this.#options.addLoad(-1);
    });
    if (source === 'microphone') await this.#speaker?.watch(producer);
  }
}
