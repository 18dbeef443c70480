import { describe, expect, it } from 'vitest';
import { H264RtpPayload, Vp8RtpPayload } from 'werift';
import { H264Payloads } from '../../../server/media/feed/video/h264Payloads.ts';
import { Vp8Payloads } from '../../../server/media/feed/video/vp8Payloads.ts';
import { seededRandom } from '../../fixtures/random.ts';

const MAX = 1120;
const random = seededRandom(3);
/** No byte is 0, so that no start code arises by chance. */
const bytes = (length: number) => Uint8Array.from({ length }, () => 1 + Math.floor(random() * 255));
const unit = (header: number, length: number) => Buffer.from([header, ...bytes(length - 1)]);
const annexB = (...units: readonly Uint8Array[]) =>
  Buffer.concat(units.flatMap((each, index) => [Buffer.from(index === 0 ? [0, 0, 0, 1] : [0, 0, 1]), each]));

/** What a receiver hands to its decoder: NAL units behind start codes of four bytes. */
function received(payloads: readonly Uint8Array[]): Buffer {
  let fragment: Buffer | undefined;
  return Buffer.concat(
    payloads.flatMap((payload) => {
      const parsed = H264RtpPayload.deSerialize(Buffer.from(payload), fragment);
      fragment = parsed.fragment;
      return fragment === undefined ? [parsed.payload] : [];
    }),
  );
}
const sent = (...units: readonly Uint8Array[]) =>
  Buffer.concat(units.flatMap((each) => [Buffer.from([0, 0, 0, 1]), each]));

const SPS = unit(0x67, 24);
const PPS = unit(0x68, 5);
const SEI = unit(0x06, 600);
const DELIMITER = unit(0x09, 2);

describe('Vp8Payloads', () => {
  it.each([1, 100, MAX - 4, MAX - 3, 5000, 40_000])('a frame of %i bytes arrives whole', (length) => {
    const frame = bytes(length);
    const payloads = new Vp8Payloads().split(frame, MAX);
    const parsed = payloads.map((payload) => Vp8RtpPayload.deSerialize(Buffer.from(payload)));
    expect(Buffer.concat(parsed.map(({ payload }) => payload)).equals(frame)).toBe(true);
    expect(payloads.length).toBe(Math.ceil(length / (MAX - 4)));
    expect(payloads.every((payload) => payload.length <= MAX)).toBe(true);
  });

  it('marks the start of the frame on its first payload alone, in partition 0', () => {
    const parsed = new Vp8Payloads().split(bytes(3000), MAX).map((one) => Vp8RtpPayload.deSerialize(Buffer.from(one)));
    expect(parsed.map(({ sBit, pid }) => [sBit, pid])).toEqual([
      [1, 0],
      [0, 0],
      [0, 0],
    ]);
  });

  it('counts pictures in 15 bits, one for all payloads of a frame, and begins again after 32767', () => {
    const payloads = new Vp8Payloads(0x7ffe);
    const ids = [1, 2, 3].flatMap(() =>
      payloads.split(bytes(2000), MAX).map((one) => Vp8RtpPayload.deSerialize(Buffer.from(one)).pictureId),
    );
    expect(ids).toEqual([0x7ffe, 0x7ffe, 0x7fff, 0x7fff, 0, 0]);
    expect(payloads.split(bytes(9), MAX)[0]?.[2]).toBe(0x80);
  });
});

describe('H264Payloads', () => {
  it('sends the parameter sets together first, by which a router knows a key frame', () => {
    const payloads = new H264Payloads().split(annexB(SPS, PPS, unit(0x65, 300)), MAX);
    expect(payloads.map((payload) => (payload[0] ?? 0) & 0x1f)).toEqual([24, 5]);
    expect(H264RtpPayload.deSerialize(Buffer.from(payloads[0] ?? [])).aggregatedNalUnitTypes).toEqual([7, 8]);
  });

  it.each([2, MAX, MAX + 1, 2 * MAX, 30_000])('a key frame with a slice of %i bytes arrives whole', (length) => {
    const slice = unit(0x65, length);
    const payloads = new H264Payloads().split(annexB(SPS, PPS, slice), MAX);
    expect(received(payloads).equals(sent(SPS, PPS, slice))).toBe(true);
    expect(payloads.every((payload) => payload.length <= MAX)).toBe(true);
  });

  it('leaves a slice that fits as it is, and keeps the order of several', () => {
    const slices = [unit(0x41, 700), unit(0x41, 2500), unit(0x41, 90)];
    const payloads = new H264Payloads().split(annexB(...slices), MAX);
    expect(received(payloads).equals(sent(...slices))).toBe(true);
    expect(payloads[0]?.length).toBe(700);
  });

  it('marks the first and the last fragment, and keeps type and importance', () => {
    const payloads = new H264Payloads().split(annexB(unit(0x41, 3000)), MAX);
    expect(payloads.map(([indicator = 0, header = 0]) => [indicator, header])).toEqual([
      [0x5c, 0x81],
      [0x5c, 0x01],
      [0x5c, 0x41],
    ]);
  });

  it('leaves out what a receiver does not need: supplements and delimiters', () => {
    const slice = unit(0x65, 100);
    const payloads = new H264Payloads().split(annexB(DELIMITER, SPS, PPS, SEI, slice), MAX);
    expect(received(payloads).equals(sent(SPS, PPS, slice))).toBe(true);
  });

  it('takes zeros at the end of a unit for padding', () => {
    const slice = unit(0x41, 50);
    const payloads = new H264Payloads().split(Buffer.concat([annexB(slice), Buffer.alloc(3)]), MAX);
    expect(received(payloads).equals(sent(slice))).toBe(true);
  });

  it('makes nothing of nothing', () => {
    expect(new H264Payloads().split(new Uint8Array(0), MAX)).toEqual([]);
    expect(new H264Payloads().split(bytes(40), MAX)).toEqual([]);
  });
});
