import type { Clock } from '../../streams/clock.ts';
import type { Log } from '../../streams/log.ts';
import type { Metrics } from '../../streams/metrics.ts';
import type { ClipFrames, PictureRequest, PictureSource, VideoFeed } from './feed.types.ts';

/** The most that one RTP payload may hold: with headers and the extensions that the router adds it stays under 1200 bytes. */
export const MAX_PAYLOAD_BYTES = 1120;

export type VideoCodec = 'VP8' | 'H264';

/** Where one encoded layer goes: one SSRC. It outlives the media worker; between two workers what is sent is dropped. */
export interface PayloadOutput {
  /**
   * All payloads of one picture, in order, at most `MAX_PAYLOAD_BYTES` each; the last one gets the marker. `mediaMs` is
   * the request's: it becomes the RTP timestamp.
   */
  send(payloads: readonly Uint8Array[], mediaMs: number): void;
}

export interface PictureTick extends PictureRequest {
  /** Ms since the feed began at which the picture is shown. */
  readonly mediaMs: number;
}

export interface EncodedLayer {
  /** Edge of the square picture, pixels. */
  readonly size: number;
  readonly output: PayloadOutput;
}

export interface PictureEncoderOptions {
  readonly codec: VideoCodec;
  readonly clip: ClipFrames;
  readonly pictures: PictureSource;
  /** Smallest first. */
  readonly layers: readonly EncodedLayer[];
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/**
 * Asks the source, composes, encodes each wanted layer once and sends it, off the media loop. Its owner (SyntheticMedia)
 * drives it; nothing throws.
 */
export interface PictureEncoder {
  readonly stats: VideoFeed['stats'];
  /** A picture is due now. Returns at once; where the former is not ready, the older is dropped and counted as late. */
  tick(picture: PictureTick): void;
  /** The next picture of this layer (index into `layers`) stands alone. */
  requestKeyFrame(layer: number): void;
  /** Indices of the layers that viewers may take; the others are not encoded. A layer begins with a key frame. All are off at first. */
  want(layers: readonly number[]): void;
  /** Never rejects; twice is once. */
  close(): Promise<void>;
}

/** @throws TritoneError `media.unavailable` */
export type OpenPictureEncoder = (options: PictureEncoderOptions) => Promise<PictureEncoder>;
