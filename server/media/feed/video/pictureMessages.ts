import type { ClipFrames, PictureOverlay } from '../feed.types.ts';
import type { VideoCodec } from '../pictureEncoder.types.ts';

export interface WantedLayer {
  /** Index into the feed's layers. */
  readonly layer: number;
  readonly asKey: boolean;
}

/** To the thread. */
export type PictureOrder =
  /** `sizes` of the layers, smallest first; each is the clip's, halved any number of times. */
  | {
      readonly type: 'open';
      readonly feedId: number;
      readonly codec: VideoCodec;
      readonly clip: ClipFrames;
      readonly sizes: readonly number[];
      readonly maxPayloadBytes: number;
    }
  /** Answered by `picture` or `failed`. A layer that is not named is forgotten and begins with a key frame when named again. */
  | {
      readonly type: 'picture';
      readonly feedId: number;
      readonly base: number;
      readonly overlay?: PictureOverlay | undefined;
      readonly layers: readonly WantedLayer[];
    }
  | { readonly type: 'close'; readonly feedId: number }
  /** Ends the thread once what came before is done. */
  | { readonly type: 'end' };

export interface LayerPayloads {
  readonly layer: number;
  readonly isKey: boolean;
  /** One after the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly lengths: readonly number[];
}

/** From the thread. */
export type PictureAnswer =
  /** It can encode. */
  | { readonly type: 'ready' }
  | {
      readonly type: 'picture';
      readonly feedId: number;
      readonly layers: readonly LayerPayloads[];
      /** False where the overlay made no sense and was left out. */
      readonly isComposed: boolean;
      readonly composeMs: number;
      readonly encodeMs: number;
    }
  | { readonly type: 'failed'; readonly feedId: number; readonly problem: string };
