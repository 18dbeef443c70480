import type { types } from 'mediasoup';
import { TritoneError } from '../../shared/errors.ts';
import { onAbort } from '../streams/onAbort.ts';
import type { AudioTapOptions } from './audioTap.types.ts';
import type { PcmChunk } from './pcmChunk.ts';
import { ABS_CAPTURE_TIME_URI, AUDIO_LEVEL_URI } from './rtp/headerExtensions.ts';
import { ntpToMs } from './rtp/ntp.ts';
import { RtpToPcm } from './tap/rtpToPcm.ts';
import type { TapStats } from './tap/tapMeter.ts';
import { tapTransport } from './tapTransport.ts';

/**
 * One audio track as PCM: RTP in, chunks out, in order and without a hole. In-order packets pass at once; docs/media.md
 * tells what happens to the others. Ends with the track, with its router, or with `signal`.
 */
export class AudioTap implements AsyncDisposable {
  readonly trackId: string;
  /** For one reader. A slow one loses the oldest after 2 s (`startSample` shows the gap). Never throws. */
  readonly chunks: AsyncIterable<PcmChunk>;
  readonly #consumer: types.Consumer;
  readonly #sound: RtpToPcm;

  /** @throws TritoneError `track.not_found` (none, ended, or not audio), `media.worker_died` */
  static async open(options: AudioTapOptions): Promise<AudioTap> {
    const { router, trackId, signal } = options;
    const producer = router.producer(trackId);
    if (producer === undefined || producer.closed || producer.kind !== 'audio') {
      throw new TritoneError('track.not_found', { trackId });
    }
    try {
      const transport = await tapTransport(router.router);
      const consumer = await transport.consume({ producerId: trackId, rtpCapabilities: router.rtpCapabilities });
      const tap = new AudioTap(options, consumer, producer);
      const forgetOwner = onAbort(signal, () => void tap.close());
      consumer.observer.once('close', forgetOwner);
      await producer.enableTraceEvent(['sr']).catch(() => {}); // the track has just ended: so does the tap
      return tap;
    } catch (cause) {
      if (router.router.closed) throw new TritoneError('media.worker_died', {}, { cause });
      throw TritoneError.from(cause, 'track.not_found', { trackId });
    }
  }

  private constructor(options: AudioTapOptions, consumer: types.Consumer, producer: types.Producer) {
    const { headerExtensions = [] } = consumer.rtpParameters;
    const extensionId = (wanted: string) => headerExtensions.find(({ uri }) => uri === wanted)?.id;
    this.trackId = options.trackId;
    this.#consumer = consumer;
    this.#sound = new RtpToPcm({
      audioLevelId: extensionId(AUDIO_LEVEL_URI),
      captureTimeId: extensionId(ABS_CAPTURE_TIME_URI),
      roomNowMs: options.roomNowMs,
      clock: options.clock,
      metrics: options.metrics,
    });
    this.chunks = this.#sound.chunks;
    this.#follow(producer);
    consumer.observer.once('close', () =>
      options.log.debug({ trackId: this.trackId, ...this.stats }, 'audio tap closed'),
    );
  }

  get stats(): Readonly<TapStats> {
    return this.#sound.stats;
  }

  /** Decodes what waits; `chunks` then ends. Never rejects; twice is once. */
  close(): Promise<void> {
    this.#consumer.close();
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #follow(producer: types.Producer): void {
    const resumed = () => this.#sound.resumed();
    const traced = ({ type, info }: types.ProducerTraceEventData) => {
      if (type === 'sr') this.#reported(info);
    };
    this.#consumer.on('rtp', (datagram) => this.#sound.push(datagram));
    producer.observer.on('resume', resumed);
    producer.observer.on('trace', traced);
    this.#consumer.observer.once('close', () => {
      producer.observer.off('resume', resumed);
      producer.observer.off('trace', traced);
      this.#sound.close();
    });
  }

  #reported({ ntpSec, ntpFrac, rtpTs }: Record<string, unknown>): void {
    if (typeof ntpSec === 'number' && typeof ntpFrac === 'number' && typeof rtpTs === 'number') {
      this.#sound.reported(ntpToMs(ntpSec, ntpFrac), rtpTs);
    }
  }
}
