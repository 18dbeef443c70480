/** Opus over WebRTC runs at 48 kHz whatever is inside (RFC 7587): so does everything that is fed. */
export const FEED_RATE = 48_000;

/** Where the voice is: how much of an utterance has left for the viewers. */
export interface PlayoutPosition {
  readonly utteranceId: string;
  /** Samples at 48 kHz since the utterance began. */
  readonly playedSamples: number;
}

/** One utterance on its way to the viewers. */
export interface FedUtterance {
  readonly utteranceId: string;
  /** Samples at 48 kHz that have left. */
  readonly playedSamples: number;
  /** Waits while a second of it is ahead of playout. Does nothing once the utterance is over. Never rejects. */
  write(pcm: Int16Array): Promise<void>;
  /** No more sound; resolves with what was played when it has left, or was cut. Never rejects. */
  end(): Promise<{ playedSamples: number; cut: boolean }>;
  /** Nothing more of it leaves (≤ 20 ms already on its way do, faded out). Twice is once. Returns what was played. */
  cut(): { playedSamples: number };
}

/** PCM in, Opus out, 20 ms at a time, never without a packet: silence where there is nothing to say. */
export interface AudioFeed {
  /** Of the track that carries it now; another after the media worker was replaced. */
  readonly trackId: string;
  /** The utterance that plays now, or last began and was not cut; undefined in silence. */
  readonly position: PlayoutPosition | undefined;
  /** Begins an utterance after those before it. Mono PCM at 48 kHz is written to it. */
  begin(utteranceId: string): FedUtterance;
  /** Fades out within 20 ms and holds the position; `resume` goes on from there. */
  pause(): void;
  resume(): void;
  readonly stats: {
    /** How often an utterance had to wait for its next sound: it was not written in time. */
    readonly underruns: number;
  };
}

/** A picture over a frame of the clip; both as they are in lip-sync's patches. */
export interface PictureOverlay {
  readonly width: number;
  readonly height: number;
  /** UINT8[h,w,4], alpha not premultiplied. */
  readonly rgba: Uint8Array;
  /** FP32[2,3], row-major: overlay pixels to frame pixels. */
  readonly affine: Float32Array;
}

export interface PictureRequest {
  /** Index of the picture since the feed began; one every `1000 / fps` ms. Some are left out after a stall. */
  readonly index: number;
  /** The sound at the very instant at which the picture is shown; undefined in silence. */
  readonly sound: PlayoutPosition | undefined;
}

/** What the video shows now. Asked once a frame, at the instant at which the sound of that frame leaves. Must not throw. */
export interface PictureSource {
  pictureAt(request: PictureRequest): { readonly base: number; readonly overlay?: PictureOverlay | undefined };
}

/** Frames that repeat, as preparation made them. */
export interface ClipFrames {
  readonly size: number;
  readonly fps: number;
  /** I420, `size * size * 3 / 2` bytes each, one after the other; shared between threads. */
  readonly frames: SharedArrayBuffer;
  readonly count: number;
}

export interface VideoFeed {
  /** Of the track that carries it now; another after the media worker was replaced. */
  readonly trackId: string;
  readonly stats: {
    /** Pictures that left since the feed began. */
    readonly pictures: number;
    /** Pictures that were not ready at their time. */
    readonly late: number;
    /** Layers that are being encoded now, smallest first. */
    readonly layers: readonly number[];
  };
}
