import type { Viseme } from './visemes.ts';

/** The sound that lips follow: mono, 16 kHz. */
export const LIP_SYNC_RATE = 16_000;

export interface LipSyncRequest {
  /** What preparation made of a face; models read it, nobody else does. */
  readonly avatar: Buffer;
  readonly fps: number;
  /** Frame of the idle clip that is shown with the first sample; 0 unless given. Patches fit best where it is right. */
  readonly base?: number | undefined;
  /** A model by name, instead of the catalogue's choice. */
  readonly model?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One mouth to lay over a frame of the idle clip. */
export interface LipPatch {
  /** Which sample of the sound pushed (16 kHz) it shows. */
  readonly ptsSample: number;
  /** Frame of the idle clip that `affine` is meant for. */
  readonly base: number;
  readonly width: number;
  readonly height: number;
  /** UINT8[h,w,4], alpha feathered, not premultiplied. */
  readonly rgba: Uint8Array;
  /** FP32[2,3], row-major: patch pixels (x right, y down, centres at .5) to pixels of the base frame. */
  readonly affine: Float32Array;
}

/** Sound in, mouths out: one utterance. */
export interface LipStream extends AsyncDisposable {
  readonly model: string;
  /** For one reader, in order of `ptsSample`. Ends once `end` was called and all is drawn; throws a TritoneError. */
  readonly patches: AsyncIterable<LipPatch>;
  /** Never waits, never grows: returns the ms dropped. Visemes are those that begin in `pcm`, samples at 16 kHz of this stream. */
  push(pcm: Int16Array, visemes: readonly Viseme[]): number;
  end(): Promise<void>;
  /** Cancels at once. Never rejects; twice is once. */
  close(): Promise<void>;
}

export interface LipSync {
  /** @throws TritoneError `inference.busy`, `inference.unavailable`, `inference.no_model`, all retryable */
  open(request: LipSyncRequest): Promise<LipStream>;
}

export interface AvatarPreparationRequest {
  /** JPEG or PNG: one is a portrait, several are a clip at `fps`, upright and without metadata. */
  readonly pictures: readonly Buffer[];
  readonly fps: number;
  /** The portrait that the model brings along, instead of pictures. */
  readonly bundled?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PreparedAvatar {
  /** Of each frame, square. */
  readonly size: number;
  readonly fps: number;
  readonly frames: number;
  /** Handed to lip-sync models as it is. */
  readonly avatar: Buffer;
  /** FP32[frames,2,3], row-major: where the head's own coordinates lie in each frame, to move a patch from one frame to another. */
  readonly transforms: Float32Array;
  /** Of frame 0, in pixels of a frame. */
  readonly mouth: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  /** JPEG of frame 0. */
  readonly preview: Buffer;
  /** The idle clip, a loop: blinks, breathing, small motion. I420, `size * size * 3 / 2` bytes each. For one reader. */
  readonly clip: AsyncIterable<Buffer>;
}

export interface AvatarPreparation {
  /** @throws TritoneError `avatar.no_face`, `avatar.several_faces`, `avatar.face_too_small`, `avatar.face_turned`, and `inference.*` */
  prepare(request: AvatarPreparationRequest): Promise<PreparedAvatar>;
}
