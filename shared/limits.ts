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
