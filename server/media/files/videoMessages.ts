export interface VideoLimits {
  /** Of the file, as it plays. */
  readonly maxSeconds: number;
  /** Of one picture in the file. */
  readonly maxPixels: number;
  /** Of the pictures handed out: larger ones are scaled down. */
  readonly maxEdge: number;
}

export type VideoProblem = 'unreadable' | 'too_large' | 'too_long';

/** To the process. */
export type VideoOrder =
  | { readonly type: 'open'; readonly path: string; readonly fps: number; readonly limits: VideoLimits }
  /** Answered by one picture, or `done`. */
  | { readonly type: 'next' };

/** From the process. */
export type VideoAnswer =
  | { readonly type: 'picture'; readonly jpeg: Uint8Array }
  | { readonly type: 'done'; readonly problem?: VideoProblem; readonly detail?: string };
