import type { types } from 'mediasoup-client';
import { TritoneError } from '../../shared/errors.ts';
import type { RequestInput, RequestName, RequestValue } from '../../shared/protocol.ts';
import type { TrackSource } from '../../shared/roomLog.ts';
import { opusOptions, videoEncodings } from './encodings.ts';
import { IceKeeper } from './iceKeeper.ts';
import type { Door } from './teller.ts';

export interface MediaConnectionOptions {
  signaling: Door;
  device: types.Device;
  /** The path cannot be mended: close this and open another. */
  onLost: () => void;
}

/** One pair of transports, to the server and from it. */
export class MediaConnection {
  readonly #options: MediaConnectionOptions;
  readonly #send: types.Transport;
  readonly #receive: types.Transport;
  readonly #keepers: readonly IceKeeper[];
  #closed = false;

  /** @throws TritoneError `media.unavailable`, `connection.*` */
  static async open(options: MediaConnectionOptions): Promise<MediaConnection> {
    const [send, receive] = await Promise.all([
      options.signaling.request('transport:create', { direction: 'send' }),
      options.signaling.request('transport:create', { direction: 'receive' }),
    ]);
    return new MediaConnection(
      options,
      options.device.createSendTransport(transportOptions(send)),
      options.device.createRecvTransport(transportOptions(receive)),
    );
  }

  private constructor(options: MediaConnectionOptions, send: types.Transport, receive: types.Transport) {
    this.#options = options;
    this.#send = send;
    this.#receive = receive;
    const { signaling, onLost } = options;
    this.#keepers = [send, receive].map((transport) => {
      transport.on('connect', ({ dtlsParameters }, done, fail) => {
        const request = { transportId: transport.id, dtlsParameters: { ...dtlsParameters } };
        this.#ask('transport:connect', request).then(() => done(), fail);
      });
      return new IceKeeper(transport, signaling, onLost);
    });
    send.on('produce', ({ kind, rtpParameters, appData }, done, fail) => {
      const source = appData.source as TrackSource;
      const paused = appData.paused === true;
      const request = { transportId: send.id, kind, source, rtpParameters: { ...rtpParameters }, paused };
      this.#ask('track:publish', request).then(({ trackId }) => done({ id: trackId }), fail);
    });
  }

  /** Sends the track; a paused one is announced as muted. The producer's id is the track's id. The track is never stopped. */
  async produce(track: MediaStreamTrack, source: TrackSource, paused: boolean): Promise<types.Producer> {
    const shared = { track, stopTracks: false, appData: { source, paused } };
    if (track.kind === 'audio') return this.#send.produce({ ...shared, codecOptions: opusOptions(source) });
    const vp8 = this.#options.device.sendRtpCapabilities.codecs?.find(({ mimeType }) => /\/vp8$/i.test(mimeType));
    return this.#send.produce({
      ...shared,
      encodings: videoEncodings(source, track.getSettings().height ?? 720),
      codecOptions: { videoGoogleStartBitrate: 800 },
      ...(vp8 === undefined ? {} : { codec: vp8 }),
    });
  }

  /** The server's side starts paused. Tracks of one `streamId` are played in step. */
  async consume(trackId: string, streamId: string): Promise<types.Consumer> {
    const { signaling, device } = this.#options;
    const { consumerId, kind, rtpParameters } = await this.#ask('consumer:create', {
      transportId: this.#receive.id,
      trackId,
      rtpCapabilities: { ...device.recvRtpCapabilities },
    });
    try {
      return await this.#receive.consume({
        id: consumerId,
        producerId: trackId,
        kind,
        rtpParameters: rtpParameters as types.RtpParameters,
        streamId,
      });
    } catch (cause) {
      signaling.request('consumer:close', { consumerId }).catch(() => {});
      throw TritoneError.from(cause, 'media.cannot_consume', { trackId });
    }
  }

  /** After the page's address may have changed. Never rejects. */
  restartIce(): void {
    for (const keeper of this.#keepers) void keeper.mend(0, true);
  }

  close(): void {
    this.#closed = true;
    for (const keeper of this.#keepers) keeper.close();
    this.#send.close();
    this.#receive.close();
  }

  /** A server that knows the transport no more has no use for it: its notice of that was missed. */
  async #ask<N extends RequestName>(name: N, payload: RequestInput<N>): Promise<RequestValue<N>> {
    try {
      return await this.#options.signaling.request(name, payload);
    } catch (cause) {
      if (TritoneError.from(cause, 'internal').code === 'media.transport_not_found' && !this.#closed) {
        this.#options.onLost();
      }
      throw cause;
    }
  }
}

interface TransportAnswer {
  transportId: string;
  iceParameters: Record<string, unknown>;
  iceCandidates: Record<string, unknown>[];
  dtlsParameters: Record<string, unknown>;
}

/** The protocol leaves mediasoup's structures to mediasoup. */
function transportOptions(answer: TransportAnswer): types.TransportOptions {
  return {
    id: answer.transportId,
    iceParameters: answer.iceParameters as types.IceParameters,
    iceCandidates: answer.iceCandidates as types.IceCandidate[],
    dtlsParameters: answer.dtlsParameters as types.DtlsParameters,
  };
}
