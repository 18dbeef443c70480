export interface RtpFields {
  readonly payloadType: number;
  readonly marker?: boolean;
  /** Wraps. */
  readonly sequence: number;
  /** Wraps. */
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Uint8Array;
  /** One-byte form of RFC 8285: ids 1-14, 1-16 bytes each. */
  readonly extensions?: readonly (readonly [id: number, data: Uint8Array])[];
}

const FIXED_HEADER = 12;
const ONE_BYTE_PROFILE = 0xbede;

/** RFC 3550 §5.1: one packet, in a buffer of its own. */
export function writeRtp(fields: RtpFields): Buffer {
  const { payloadType, sequence, timestamp, ssrc, payload, marker = false, extensions = [] } = fields;
  const extensionBytes = extensions.reduce((bytes, [, data]) => bytes + 1 + data.length, 0);
  const extensionWords = Math.ceil(extensionBytes / 4);
  const headerBytes = FIXED_HEADER + (extensionBytes === 0 ? 0 : 4 + extensionWords * 4);
  const packet = Buffer.alloc(headerBytes + payload.length);
  packet[0] = extensionBytes === 0 ? 0x80 : 0x90;
  packet[1] = (marker ? 0x80 : 0) | payloadType;
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE(timestamp >>> 0, 4);
  packet.writeUInt32BE(ssrc >>> 0, 8);
  if (extensionBytes > 0) {
    packet.writeUInt16BE(ONE_BYTE_PROFILE, 12);
    packet.writeUInt16BE(extensionWords, 14);
    let at = 16;
    for (const [id, data] of extensions) {
      packet[at] = (id << 4) | (data.length - 1);
      packet.set(data, at + 1);
      at += 1 + data.length;
    }
  }
  packet.set(payload, headerBytes);
  return packet;
}
