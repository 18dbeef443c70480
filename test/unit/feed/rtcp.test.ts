import { describe, expect, it } from 'vitest';
import { ntpToMs } from '../../../server/media/rtp/ntp.ts';
import { readKeyFrameRequests, writeSenderReport } from '../../../server/media/rtp/rtcp.ts';
import { parseRtp, readExtension } from '../../../server/media/rtp/rtpPacket.ts';
import { writeRtp } from '../../../server/media/rtp/writeRtp.ts';

const EPOCH_1970_MS = 2_208_988_800_000;

function feedback(type: number, format: number, fields: readonly number[]): Buffer {
  const packet = Buffer.alloc(4 + fields.length * 4);
  packet[0] = 0x80 | format;
  packet[1] = type;
  packet.writeUInt16BE(fields.length, 2);
  for (const [at, field] of fields.entries()) packet.writeUInt32BE(field >>> 0, 4 + at * 4);
  return packet;
}

describe('writeSenderReport', () => {
  const report = { ssrc: 0xfedc_ba98, wallMs: 1_700_000_000_123.25, packets: 5, octets: 600, cname: 'voice-1' };

  it('tells the same instant on the wall clock and in RTP timestamps', () => {
    const bytes = writeSenderReport({ ...report, rtpTimestamp: 2 ** 32 - 1 });
    expect(bytes.readUInt32BE(4)).toBe(report.ssrc);
    const ntpMs = ntpToMs(bytes.readUInt32BE(8), bytes.readUInt32BE(12));
    expect(Math.abs(ntpMs - EPOCH_1970_MS - report.wallMs)).toBeLessThan(0.001);
    expect(bytes.readUInt32BE(16)).toBe(2 ** 32 - 1);
    expect([bytes.readUInt32BE(20), bytes.readUInt32BE(24)]).toEqual([5, 600]);
  });

  it.each(['a', 'ab', 'abc', 'abcd', 'abcde'])('carries the cname %s in whole words, closed by a zero', (cname) => {
    const bytes = writeSenderReport({ ...report, rtpTimestamp: 0, cname });
    expect(bytes.length).toBe(28 + 4 * (bytes.readUInt16BE(30) + 1));
    expect(bytes[29]).toBe(202);
    expect(bytes.subarray(38, 38 + (bytes[37] ?? 0)).toString()).toBe(cname);
    expect(bytes[38 + cname.length]).toBe(0);
  });
});

describe('readKeyFrameRequests', () => {
  it('finds picture loss and full intra requests among other packets', () => {
    const compound = Buffer.concat([
      feedback(201, 0, [1]),
      feedback(206, 1, [1, 0xaaaa_aaaa]),
      feedback(205, 1, [1, 2, 0x0001_0000]),
      feedback(206, 4, [1, 0, 0xbbbb_bbbb, 0, 0xcccc_cccc, 0]),
    ]);
    expect(readKeyFrameRequests(compound)).toEqual([0xaaaa_aaaa, 0xbbbb_bbbb, 0xcccc_cccc]);
  });

  it('makes nothing of what is cut short', () => {
    const whole = feedback(206, 4, [1, 0, 0xbbbb_bbbb, 0]);
    for (let length = 0; length < whole.length; length += 1) {
      expect(readKeyFrameRequests(whole.subarray(0, length))).toEqual([]);
    }
  });
});

describe('writeRtp', () => {
  it('writes what the parser reads', () => {
    const payload = Uint8Array.of(1, 2, 3);
    const extensions = [[1, Uint8Array.of(0x99)] as const, [5, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)] as const];
    const packet = parseRtp(
      writeRtp({
        payloadType: 111,
        sequence: 65_537,
        timestamp: -1,
        ssrc: 2 ** 32 - 2,
        marker: true,
        payload,
        extensions,
      }),
    );
    expect(packet).toMatchObject({
      payloadType: 111,
      marker: true,
      sequence: 1,
      timestamp: 2 ** 32 - 1,
      ssrc: 2 ** 32 - 2,
    });
    expect(packet?.payload).toEqual(Buffer.from(payload));
    expect(packet && readExtension(packet, 1)).toEqual(Buffer.of(0x99));
    expect(packet && readExtension(packet, 5)).toEqual(Buffer.of(1, 2, 3, 4, 5, 6, 7, 8));
  });

  it('writes no extension block where there is none', () => {
    const bytes = writeRtp({ payloadType: 96, sequence: 0, timestamp: 0, ssrc: 1, payload: Uint8Array.of(7) });
    expect(bytes.length).toBe(13);
    expect(parseRtp(bytes)).toMatchObject({ extensionProfile: 0, marker: false });
  });
});
