import { describe, expect, it } from 'vitest';
import { readAbsCaptureTime, readAudioLevel } from '../../../server/media/rtp/headerExtensions.ts';
import { parseRtp, readExtension } from '../../../server/media/rtp/rtpPacket.ts';
import { Unwrapper } from '../../../server/media/rtp/unwrapper.ts';
import { seededRandom } from '../../fixtures/random.ts';
import { writeRtp } from '../../fixtures/rtpWriter.ts';

const fields = { payloadType: 111, sequence: 65_535, timestamp: 0xffff_fff0, ssrc: 0xdead_beef, marker: true };
const payload = Uint8Array.of(1, 2, 3, 4, 5);

function parsed(datagram: Uint8Array) {
  const packet = parseRtp(datagram);
  if (packet === undefined) throw new Error('not RTP');
  return packet;
}

/** A packet with an extension block as given. */
function withExtensions(profile: number, block: number[]): Buffer {
  const plain = writeRtp({ ...fields, payload });
  plain[0] = 0x90;
  const words = Math.ceil(block.length / 4);
  const extension = Buffer.alloc(4 + words * 4);
  extension.writeUInt16BE(profile, 0);
  extension.writeUInt16BE(words, 2);
  extension.set(block, 4);
  return Buffer.concat([plain.subarray(0, 12), extension, plain.subarray(12)]);
}

describe('parseRtp', () => {
  it('reads the fields of the header and the payload', () => {
    expect(parsed(writeRtp({ ...fields, payload }))).toMatchObject({ ...fields, payload: Buffer.from(payload) });
  });

  it('leaves contributing sources and padding out of the payload', () => {
    const datagram = Buffer.concat([writeRtp({ ...fields, payload: Buffer.alloc(0) }), Buffer.alloc(8), payload]);
    datagram[0] = 0xa2; // padding, two contributing sources
    datagram[datagram.length - 1] = 3;
    expect([...parsed(datagram).payload]).toEqual([1, 2]);
  });

  it('reads header extensions in the one-byte form, padding between them skipped', () => {
    const packet = parsed(withExtensions(0xbede, [0x60, 0x85, 0, 0, 0xa1, 7, 8]));
    expect(readAudioLevel(packet, 6)).toBe(-5);
    expect([...(readExtension(packet, 10) ?? [])]).toEqual([7, 8]);
    expect([...packet.payload]).toEqual([...payload]);
  });

  it('reads header extensions in the two-byte form, empty ones included', () => {
    const packet = parsed(withExtensions(0x1003, [3, 0, 0, 200, 2, 9, 9]));
    expect(readExtension(packet, 3)).toHaveLength(0);
    expect([...(readExtension(packet, 200) ?? [])]).toEqual([9, 9]);
    expect(readExtension(packet, 4)).toBeUndefined();
  });

  it('stops at identifier 15 of the one-byte form, which RFC 8285 reserves', () => {
    expect(readExtension(parsed(withExtensions(0xbede, [0xf0, 1, 0x60, 5])), 6)).toBeUndefined();
  });

  it('reads the capture time of abs-capture-time as ms since 1900', () => {
    const packet = parsed(withExtensions(0xbede, [0xa7, 0, 0, 0, 10, 0x80, 0, 0, 0]));
    expect(readAbsCaptureTime(packet, 10)).toBe(10_500);
    expect(readAbsCaptureTime(packet, undefined)).toBeUndefined();
  });

  it('refuses other versions, truncated headers and padding beyond the packet', () => {
    const good = writeRtp({ ...fields, payload });
    expect(parseRtp(good.subarray(0, 11))).toBeUndefined();
    expect(parseRtp(Buffer.concat([Buffer.of(0x40), good.subarray(1)]))).toBeUndefined();
    expect(parseRtp(withExtensions(0xbede, [0x60, 5]).subarray(0, 14))).toBeUndefined();
    const padded = Buffer.concat([good, Buffer.of(200)]);
    padded[0] = 0xa0;
    expect(parseRtp(padded)).toBeUndefined();
  });

  it('never throws and never reads beyond the datagram, whatever it is given', () => {
    const random = seededRandom(7);
    for (let round = 0; round < 20_000; round += 1) {
      const datagram = Uint8Array.from({ length: Math.floor(random() * 60) }, () => Math.floor(random() * 256));
      if (round % 2 === 0 && datagram.length > 0) datagram[0] = 0x80 | (datagram[0] ?? 0);
      const packet = parseRtp(datagram);
      if (packet === undefined) continue;
      expect(packet.payload.length + packet.extensions.length).toBeLessThanOrEqual(datagram.length - 12);
      for (const id of [0, 1, 6, 14, 15, 200]) readExtension(packet, id);
    }
  });
});

describe('Unwrapper', () => {
  it('goes on across the wrap, and back for what comes late', () => {
    const unwrapper = new Unwrapper(16);
    expect([65_534, 65_535, 0, 65_533, 2].map((value) => unwrapper.unwrap(value))).toEqual([
      65_534, 65_535, 65_536, 65_533, 65_538,
    ]);
  });

  it('answers for a value without taking it for the highest', () => {
    const unwrapper = new Unwrapper(32);
    unwrapper.unwrap(0xffff_ffff);
    expect(unwrapper.near(1000)).toBe(0x1_0000_0000 + 1000);
    expect(unwrapper.unwrap(0xffff_fff0)).toBe(0xffff_fff0);
  });
});
