import { wallToNtp } from './ntp.ts';

const SENDER_REPORT = 200;
const SOURCE_DESCRIPTION = 202;
const PAYLOAD_FEEDBACK = 206;
const PICTURE_LOSS = 1;
const FULL_INTRA_REQUEST = 4;
const CNAME = 1;

export interface SenderReport {
  readonly ssrc: number;
  /** Ms since 1970 on the sender's wall clock, with a fraction. */
  readonly wallMs: number;
  /** Of the same instant; wraps. */
  readonly rtpTimestamp: number;
  readonly packets: number;
  /** Of payload. */
  readonly octets: number;
  readonly cname: string;
}

/** A sender report and the source description that every compound packet must carry: RFC 3550 §6.1, §6.4.1, §6.5.1. */
export function writeSenderReport(report: SenderReport): Buffer {
  const cname = Buffer.from(report.cname);
  const chunkBytes = Math.ceil((4 + 2 + cname.length + 1) / 4) * 4;
  const bytes = Buffer.alloc(28 + 4 + chunkBytes);
  const { seconds, fraction } = wallToNtp(report.wallMs);
  bytes[0] = 0x80;
  bytes[1] = SENDER_REPORT;
  bytes.writeUInt16BE(6, 2);
  bytes.writeUInt32BE(report.ssrc >>> 0, 4);
  bytes.writeUInt32BE(seconds, 8);
  bytes.writeUInt32BE(fraction, 12);
  bytes.writeUInt32BE(report.rtpTimestamp >>> 0, 16);
  bytes.writeUInt32BE(report.packets >>> 0, 20);
  bytes.writeUInt32BE(report.octets >>> 0, 24);
  bytes[28] = 0x81;
  bytes[29] = SOURCE_DESCRIPTION;
  bytes.writeUInt16BE(chunkBytes / 4, 30);
  bytes.writeUInt32BE(report.ssrc >>> 0, 32);
  bytes[36] = CNAME;
  bytes[37] = cname.length;
  cname.copy(bytes, 38);
  return bytes;
}

/** SSRCs of which a compound packet asks for a key frame: PLI (RFC 4585 §6.3.1) and FIR (RFC 5104 §4.3.1). Never throws. */
export function readKeyFrameRequests(rtcp: Uint8Array): number[] {
  const view = new DataView(rtcp.buffer, rtcp.byteOffset, rtcp.byteLength);
  const wanted: number[] = [];
  for (let at = 0; at + 4 <= rtcp.length; ) {
    const end = at + (view.getUint16(at + 2) + 1) * 4;
    if (end > rtcp.length) break;
    const format = view.getUint8(at) & 0x1f;
    if (view.getUint8(at + 1) === PAYLOAD_FEEDBACK && at + 12 <= end) {
      if (format === PICTURE_LOSS) wanted.push(view.getUint32(at + 8));
      if (format === FULL_INTRA_REQUEST) {
        for (let item = at + 12; item + 8 <= end; item += 8) wanted.push(view.getUint32(item));
      }
    }
    at = end;
  }
  return wanted;
}
