import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import { TritoneError } from '../../shared/errors.ts';
import type { TrackSource } from '../../shared/roomLog.ts';
import { toTritoneError } from './failure.ts';
import { KEY_FRAME_REQUEST_DELAY_MS } from './keyFrames.ts';
import type { LayerDemand } from './layerDemand.ts';
import type { DirectMedia, DirectMediaEvents, DirectPublishRequest, DirectTrack } from './mediaRouter.types.ts';

export interface DirectPeerOptions {
  readonly router: types.Router;
  readonly layerDemand: LayerDemand;
  /** Settles when the room knows the track. */
  readonly produced: (producer: types.Producer, source: TrackSource) => Promise<void>;
}

/** One maker's tracks on a DirectTransport of their own. */
export class DirectPeer implements DirectMedia {
  readonly events = new EventEmitter<DirectMediaEvents>();
  readonly #options: DirectPeerOptions;
  readonly #transport: types.DirectTransport;
  readonly #simulcast = new Set<string>();

  /** @throws TritoneError `media.worker_died` */
  static async open(options: DirectPeerOptions): Promise<DirectPeer> {
    try {
      return new DirectPeer(await options.router.createDirectTransport(), options);
    } catch (cause) {
      throw toTritoneError(cause, options.router);
    }
  }

  private constructor(transport: types.DirectTransport, options: DirectPeerOptions) {
    this.#options = options;
    this.#transport = transport;
    transport.on('rtcp', (packet) => this.events.emit('rtcp', packet));
    const tell = (trackId: string, layers: readonly number[]) => {
      if (this.#simulcast.has(trackId)) this.events.emit('layersWanted', trackId, layers);
    };
    options.layerDemand.events.on('changed', tell);
    transport.observer.once('close', () => options.layerDemand.events.off('changed', tell));
  }

  async publish({ kind, source, rtpParameters }: DirectPublishRequest): Promise<DirectTrack> {
    const { router, layerDemand, produced } = this.#options;
    try {
      const producer = await this.#transport.produce({
        kind,
        rtpParameters,
        ...(kind === 'video' ? { keyFrameRequestDelay: KEY_FRAME_REQUEST_DELAY_MS } : {}),
        appData: { source },
      });
      if (this.#transport.closed) {
        producer.close();
        throw new TritoneError(router.closed ? 'media.worker_died' : 'room.closed');
      }
      if (producer.type === 'simulcast') {
        this.#simulcast.add(producer.id);
        layerDemand.watch(producer);
      }
      await produced(producer, source);
      return { trackId: producer.id, send: (datagram) => sendTo(producer, datagram) };
    } catch (cause) {
      throw toTritoneError(cause, router);
    }
  }

  sendRtcp(packet: Buffer): void {
    if (this.#transport.closed) return;
    this.#transport.sendRtcp(packet);
  }

  close(): void {
    this.#transport.close();
  }
}

function sendTo(producer: types.Producer, datagram: Buffer): void {
  if (!producer.closed) producer.send(datagram);
}
