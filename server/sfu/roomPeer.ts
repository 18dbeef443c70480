import { EventEmitter } from 'node:events';
import { errors, type types } from 'mediasoup';
import { TritoneError } from '../../shared/errors.ts';
import type { TrackKind, TrackSource } from '../../shared/roomLog.ts';
import { toTritoneError } from './failure.ts';
import { announce } from './iceCandidates.ts';
import { KEY_FRAME_REQUEST_DELAY_MS } from './keyFrames.ts';
import type {
  ConsumeRequest,
  PeerMedia,
  PeerMediaEvents,
  PublishRequest,
  TransportAnswer,
} from './mediaRouter.types.ts';
import { toDtlsParameters, toRtpCapabilities, toRtpParameters } from './negotiation.ts';
import { defaultPeerLimits, type PeerLimits } from './sfu.types.ts';

const FIRST_OUTGOING_BITRATE = 1_000_000;

const kindOfSource: Readonly<Record<TrackSource, TrackKind>> = {
  microphone: 'audio',
  'screen-audio': 'audio',
  camera: 'video',
  screen: 'video',
};

type Direction = 'send' | 'receive';

export interface RoomPeerOptions {
  readonly router: types.Router;
  readonly server: types.WebRtcServer;
  readonly announcedAddresses: readonly string[];
  readonly limits?: PeerLimits;
  readonly hasTrack: (trackId: string) => boolean;
  /** Settles when the room knows the track. */
  readonly produced: (producer: types.Producer, source: TrackSource) => Promise<void>;
  readonly consumed: (consumer: types.Consumer) => void;
  /** A consumer prefers other layers than before. */
  readonly layersPreferred: (consumer: types.Consumer) => void;
  readonly closed: () => void;
}

/** One participant's transports, tracks and consumers on a room's router. */
export class RoomPeer implements PeerMedia {
  readonly events = new EventEmitter<PeerMediaEvents>();
  readonly #options: RoomPeerOptions;
  readonly #limits: PeerLimits;
  readonly #transports = new Map<string, { transport: types.WebRtcTransport; direction: Direction }>();
  readonly #tracks = new Map<string, types.Producer>();
  readonly #consumers = new Map<string, types.Consumer>();
  /** Sources with a track, or with one on its way. */
  readonly #sources = new Set<TrackSource>();
  #opening = { transports: 0, consumers: 0 };
  #closed = false;

  constructor(options: RoomPeerOptions) {
    this.#options = options;
    this.#limits = options.limits ?? defaultPeerLimits;
  }

  async createTransport(direction: Direction): Promise<TransportAnswer> {
    this.#mustBeOpen();
    if (this.#transports.size + this.#opening.transports >= this.#limits.transports)
      throw new TritoneError('request.too_many');
    this.#opening.transports += 1;
    try {
      const transport = await this.#options.router.createWebRtcTransport({
        webRtcServer: this.#options.server,
        preferUdp: true,
        initialAvailableOutgoingBitrate: FIRST_OUTGOING_BITRATE,
      });
      if (this.#closed) transport.close();
      this.#mustBeOpen();
      this.#closeTransports(direction);
      this.#transports.set(transport.id, { transport, direction });
      transport.observer.once('close', () => this.#transports.delete(transport.id));
      transport.on('dtlsstatechange', (state) => {
        if (state === 'failed' || state === 'closed') transport.close();
      });
      if (direction === 'send') await transport.setMaxIncomingBitrate(this.#limits.incomingBitrate);
      return {
        transportId: transport.id,
        iceParameters: transport.iceParameters,
        iceCandidates: announce(transport.iceCandidates, this.#options.announcedAddresses),
        dtlsParameters: transport.dtlsParameters,
      };
    } catch (cause) {
      throw toTritoneError(cause, this.#options.router);
    } finally {
      this.#opening.transports -= 1;
    }
  }

  async connectTransport(transportId: string, dtlsParameters: unknown): Promise<void> {
    const transport = this.#transport(transportId);
    const checked = toDtlsParameters(dtlsParameters);
    await this.#asking(transport.connect({ dtlsParameters: checked }));
  }

  async restartIce(transportId: string): Promise<types.IceParameters> {
    return this.#asking(this.#transport(transportId).restartIce());
  }

  async publish({ transportId, kind, source, rtpParameters, paused }: PublishRequest): Promise<string> {
    const transport = this.#transport(transportId, 'send');
    if (kindOfSource[source] !== kind) {
      throw new TritoneError('media.not_negotiated', { problem: `${source} is not ${kind}` });
    }
    const checked = toRtpParameters(rtpParameters);
    if (this.#sources.has(source)) throw new TritoneError('track.source_taken', { source });
    if (this.#sources.size >= this.#limits.tracks) throw new TritoneError('request.too_many');
    this.#sources.add(source);
    try {
      const producer = await transport.produce({
        kind,
        rtpParameters: checked,
        paused,
        ...(kind === 'video' ? { keyFrameRequestDelay: KEY_FRAME_REQUEST_DELAY_MS } : {}),
        appData: { source },
      });
      // mediasoup answers for a transport that was closed meanwhile, and would keep this one for good.
      if (transport.closed) {
        producer.close();
        this.#transport(transportId);
      }
      this.#follow(producer, source);
      await this.#options.produced(producer, source);
      return producer.id;
    } catch (cause) {
      if (![...this.#tracks.values()].some((track) => track.appData.source === source)) this.#sources.delete(source);
      throw toTritoneError(cause, this.#options.router);
    }
  }

  async setTrackPaused(trackId: string, paused: boolean): Promise<void> {
    const track = this.#track(trackId);
    await this.#asking(paused ? track.pause() : track.resume());
  }

  closeTrack(trackId: string): void {
    this.#track(trackId).close();
  }

  async consume({ transportId, trackId, rtpCapabilities }: ConsumeRequest) {
    const { router } = this.#options;
    const transport = this.#transport(transportId, 'receive');
    const checked = toRtpCapabilities(rtpCapabilities);
    if (this.#consumers.size + this.#opening.consumers >= this.#limits.consumers)
      throw new TritoneError('request.too_many');
    this.#opening.consumers += 1;
    try {
      if (!this.#options.hasTrack(trackId)) throw new TritoneError('track.not_found', { trackId });
      if (!router.canConsume({ producerId: trackId, rtpCapabilities: checked })) {
        throw new TritoneError('media.cannot_consume', { trackId });
      }
      const consumer = await transport.consume({
        producerId: trackId,
        rtpCapabilities: checked,
        paused: true,
        enableRtx: true,
      });
      if (transport.closed) {
        consumer.close();
        this.#transport(transportId);
      }
      this.#followConsumer(consumer);
      return { consumerId: consumer.id, kind: consumer.kind, rtpParameters: consumer.rtpParameters };
    } catch (cause) {
      if (cause instanceof errors.NotFoundError) throw new TritoneError('track.not_found', { trackId }, { cause });
      throw toTritoneError(cause, this.#options.router);
    } finally {
      this.#opening.consumers -= 1;
    }
  }

  async setConsumerPaused(consumerId: string, paused: boolean): Promise<void> {
    const consumer = this.#consumer(consumerId);
    await this.#asking(paused ? consumer.pause() : consumer.resume());
  }

  async setConsumerLayers(consumerId: string, layers: { spatialLayer: number; temporalLayer?: number | undefined }) {
    const consumer = this.#consumer(consumerId);
    if (consumer.type !== 'simulcast' && consumer.type !== 'svc') return;
    const { spatialLayer, temporalLayer } = layers;
    await this.#asking(
      consumer.setPreferredLayers({ spatialLayer, ...(temporalLayer === undefined ? {} : { temporalLayer }) }),
    );
    this.#options.layersPreferred(consumer);
  }

  closeConsumer(consumerId: string): void {
    this.#consumers.get(consumerId)?.close();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { transport } of [...this.#transports.values()]) transport.close();
    this.#options.closed();
  }

  #follow(producer: types.Producer, source: TrackSource): void {
    const trackId = producer.id;
    this.#tracks.set(trackId, producer);
    producer.on('score', (scores) => {
      const best = Math.max(0, ...scores.map(({ score }) => score));
      this.events.emit('trackScore', trackId, best);
    });
    producer.observer.once('close', () => {
      this.#tracks.delete(trackId);
      this.#sources.delete(source);
      this.events.emit('trackClosed', trackId);
    });
  }

  #followConsumer(consumer: types.Consumer): void {
    const { id, producerId } = consumer;
    this.#consumers.set(id, consumer);
    this.#options.consumed(consumer);
    consumer.on('score', ({ score, producerScore }) =>
      this.events.emit('consumerScore', id, producerId, Math.min(score, producerScore)),
    );
    consumer.observer.once('close', () => {
      this.#consumers.delete(id);
      this.events.emit('consumerClosed', id, producerId);
    });
  }

  /** A page has one transport of a direction: it makes another when the former is beyond repair, and cannot say so. */
  #closeTransports(direction: Direction): void {
    for (const earlier of [...this.#transports.values()]) {
      if (earlier.direction === direction) earlier.transport.close();
    }
  }

  #mustBeOpen(): void {
    if (this.#options.router.closed) throw new TritoneError('media.worker_died');
    if (this.#closed) throw new TritoneError('room.closed');
  }

  #transport(transportId: string, direction?: Direction): types.WebRtcTransport {
    this.#mustBeOpen();
    const known = this.#transports.get(transportId);
    if (known === undefined) throw new TritoneError('media.transport_not_found', { transportId });
    if (direction !== undefined && known.direction !== direction) {
      throw new TritoneError('media.not_negotiated', { problem: `this transport was created to ${known.direction}` });
    }
    return known.transport;
  }

  #track(trackId: string): types.Producer {
    const track = this.#tracks.get(trackId);
    if (track === undefined) throw new TritoneError('track.not_found', { trackId });
    return track;
  }

  #consumer(consumerId: string): types.Consumer {
    const consumer = this.#consumers.get(consumerId);
    if (consumer === undefined) throw new TritoneError('track.not_found', { trackId: consumerId });
    return consumer;
  }

  async #asking<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (cause) {
      throw toTritoneError(cause, this.#options.router);
    }
  }
}
