/** RFC 3550 §5.1. Views into the datagram; nothing is copied. */
export interface RtpPacket {
  readonly payloadType: number;
  readonly marker: boolean;
  /** 16 bits. */
  readonly sequence: number;
  /** 32 bits, in units of the clock rate. */
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Uint8Array;
  /** RFC 8285 profile; 0 without extensions. */
  readonly extensionProfile: number;
  readonly extensions: Uint8Array;
}

const FIXED_HEADER = 12;
const ONE_BYTE_PROFILE = 0xbede;
/** The low four bits are the application's. */
const TWO_BYTE_PROFILE = 0x1000;
const nothing = new Uint8Array(0);

/** Undefined for what is not an RTP packet of version 2, or is cut short. Never throws. */
export function parseRtp(datagram: Uint8Array): RtpPacket | undefined {
  if (datagram.length < FIXED_HEADER) return undefined;
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  const flags = view.getUint8(0);
  if (flags >> 6 !== 2) return undefined;
  let start = FIXED_HEADER + (flags & 0x0f) * 4;
  let end = datagram.length;
  let extensionProfile = 0;
  let extensions: Uint8Array = nothing;
  if (flags & 0x10) {
    if (start + 4 > end) return undefined;
    extensionProfile = view.getUint16(start);
    const extensionsEnd = start + 4 + view.getUint16(start + 2) * 4;
    if (extensionsEnd > end) return undefined;
    extensions = datagram.subarray(start + 4, extensionsEnd);
    start = extensionsEnd;
  }
  if (flags & 0x20) {
    const padding = view.getUint8(end - 1);
    if (padding === 0) return undefined;
    end -= padding;
  }
  if (start > end) return undefined;
  const second = view.getUint8(1);
  return {
    payloadType: second & 0x7f,
    marker: second >> 7 === 1,
    sequence: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    payload: datagram.subarray(start, end),
    extensionProfile,
    extensions,
  };
}

/** The data of header extension `id`, in either form of RFC 8285; undefined when it is absent or cut short. */
export function readExtension({ extensionProfile, extensions }: RtpPacket, id: number): Uint8Array | undefined {
  const oneByte = extensionProfile === ONE_BYTE_PROFILE;
  if (!oneByte && (extensionProfile & 0xfff0) !== TWO_BYTE_PROFILE) return undefined;
  let at = 0;
  while (at < extensions.length) {
    const first = extensions[at] ?? 0;
    if (first === 0) {
      at += 1;
      continue;
    }
    const foundId = oneByte ? first >> 4 : first;
    if (oneByte && foundId === 15) return undefined; // §4.2: stop here
    const dataAt = at + (oneByte ? 1 : 2);
    const length = oneByte ? (first & 0x0f) + 1 : extensions[at + 1];
    if (length === undefined || dataAt + length > extensions.length) return undefined;
    if (foundId === id) return extensions.subarray(dataAt, dataAt + length);
    at = dataAt + length;
  }
  return undefined;
}
