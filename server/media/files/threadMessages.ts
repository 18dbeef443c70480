/** To the thread. */
export type Supply =
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  | { readonly type: 'end' }
  /** One piece of sound has been read. */
  | { readonly type: 'read' };

/** From the thread. */
export type Answer =
  /** It waits for bytes; they are asked for one piece at a time. */
  | { readonly type: 'wants' }
  | { readonly type: 'sound'; readonly pcm: Int16Array<ArrayBuffer> }
  /** `problem` is set where the file broke off. */
  | { readonly type: 'done'; readonly problem?: string };
