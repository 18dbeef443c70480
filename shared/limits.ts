/** Raised when an older page could misread a newer server. Sent in socket.io's `auth` at the handshake. */
export const PROTOCOL_VERSION = 1;

export const limits = {
  nameLength: 60,
  roomLength: 64,
  /** Characters of a corrected caption. */
  captionLength: 2000,
  /** Bytes of one socket.io message. */
  messageBytes: 256 * 1024,
} as const;

/** Letters of any script, digits, `-` and `_`. */
export const roomNamePattern = /^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}_-]*$/u;

export const avatarLimits = {
  /** Characters of one `say`. */
  sayCharacters: 20_000,
  /** Texts that may wait behind the one that is being said. */
  waitingUtterances: 16,
  /** Of an uploaded clip. */
  videoSeconds: 10,
} as const;

/** The portrait of our own that is always there. */
export const BUNDLED_AVATAR_ID = 'bundled';
