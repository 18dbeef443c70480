import type { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import type { TrackKind, TrackSource } from '../../shared/roomLog.ts';

export interface MediaRouterEvents {
  /** The worker is gone and everything with it. The owner opens another router. */
  died: [];
  activeSpeaker: [trackId: string | undefined];
}

/** One room's router on one of the workers. */
export interface MediaRouter {
  readonly rtpCapabilities: types.RtpCapabilities;
  readonly events: EventEmitter<MediaRouterEvents>;
  /** For taps and feeds. */
  readonly router: types.Router;
  producer(trackId: string): types.Producer | undefined;
  /** @throws TritoneError `media.worker_died`, `room.closed` */
  openPeer(): PeerMedia;
  /** @throws TritoneError `media.worker_died`, `room.closed` */
  openDirect(): Promise<DirectMedia>;
  /** Never rejects; twice is once. */
  close(): void;
}

export interface DirectMediaEvents {
  /** One compound RTCP packet from the router: PLI and FIR of viewers; their NACKs it answers itself. */
  rtcp: [packet: Uint8Array];
  /** Indices of a simulcast track's encodings that viewers may take now; see `LayerDemand`. */
  layersWanted: [trackId: string, layers: readonly number[]];
}

/** A track that the server makes itself. */
export interface DirectTrack {
  readonly trackId: string;
  /** One RTP packet. Does nothing once the track has ended. */
  send(datagram: Buffer): void;
}

export interface DirectPublishRequest {
  readonly kind: TrackKind;
  readonly source: TrackSource;
  readonly rtpParameters: types.RtpParameters;
}

/** Tracks of one maker in the server, on one transport: what shares it and its cname is played in step. */
export interface DirectMedia {
  readonly events: EventEmitter<DirectMediaEvents>;
  /** @throws TritoneError `media.worker_died`, `media.not_negotiated` */
  publish(request: DirectPublishRequest): Promise<DirectTrack>;
  sendRtcp(packet: Buffer): void;
  /** Ends its tracks. Never rejects; twice is once. */
  close(): void;
}

/** Tracks and consumers tell of their end however it came, `closeTrack`, `closeConsumer` and `close` included; once each. */
export interface PeerMediaEvents {
  trackClosed: [trackId: string];
  /** 0 (nothing arrives) to 10, as mediasoup scores what it receives; of simulcast the best layer. */
  trackScore: [trackId: string, score: number];
  consumerClosed: [consumerId: string, trackId: string];
  /** The worse of both ways: from the sender, and to this peer. */
  consumerScore: [consumerId: string, trackId: string, score: number];
}

export interface TransportAnswer {
  transportId: string;
  iceParameters: types.IceParameters;
  iceCandidates: types.IceCandidate[];
  dtlsParameters: types.DtlsParameters;
}

export interface PublishRequest {
  transportId: string;
  kind: TrackKind;
  source: TrackSource;
  /** As the browser sent them, unchecked. */
  rtpParameters: unknown;
  paused: boolean;
}

export interface ConsumeRequest {
  transportId: string;
  trackId: string;
  /** As the browser sent them, unchecked. */
  rtpCapabilities: unknown;
}

/** One participant's transports, tracks and consumers. Every method rejects with a TritoneError (`media.*`, `track.*`). */
export interface PeerMedia {
  readonly events: EventEmitter<PeerMediaEvents>;
  createTransport(direction: 'send' | 'receive'): Promise<TransportAnswer>;
  connectTransport(transportId: string, dtlsParameters: unknown): Promise<void>;
  restartIce(transportId: string): Promise<types.IceParameters>;
  /** Returns the track's id, which is mediasoup's producer id. One track a source. */
  publish(request: PublishRequest): Promise<string>;
  setTrackPaused(trackId: string, paused: boolean): Promise<void>;
  closeTrack(trackId: string): void;
  /** The consumer starts paused. */
  consume(
    request: ConsumeRequest,
  ): Promise<{ consumerId: string; kind: TrackKind; rtpParameters: types.RtpParameters }>;
  setConsumerPaused(consumerId: string, paused: boolean): Promise<void>;
  setConsumerLayers(
    consumerId: string,
    layers: { spatialLayer: number; temporalLayer?: number | undefined },
  ): Promise<void>;
  closeConsumer(consumerId: string): void;
  close(): void;
}
