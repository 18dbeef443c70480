import { describe, expect, it } from 'vitest';
import { PcmRing } from '../../../server/features/speech/pcmRing.ts';

/** Samples whose value is their place. */
const counting = (from: number, length: number) => Int16Array.from({ length }, (_, index) => from + index);

describe('PcmRing', () => {
  it('gives back what was written, by place on the time line, across its own seam', () => {
    const ring = new PcmRing(10);
    for (const from of [0, 4, 8, 12]) ring.write(counting(from, 4), from);
    expect([ring.startSample, ring.endSample]).toEqual([6, 16]);
    expect([...ring.read(6, 100)]).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    expect([...ring.read(9, 3)]).toEqual([9, 10, 11]);
  });

  it('refuses to read what was overwritten, and reads nothing past its end', () => {
    const ring = new PcmRing(10);
    ring.write(counting(0, 12), 0);
    expect(() => ring.read(1, 1)).toThrow(RangeError);
    expect(ring.read(12, 5)).toHaveLength(0);
  });

  it('reads a hole between two chunks as silence', () => {
    const ring = new PcmRing(10);
    ring.write(counting(1, 3), 1);
    ring.write(counting(7, 2), 7);
    expect([...ring.read(1, 10)]).toEqual([1, 2, 3, 0, 0, 0, 7, 8]);
  });

  it('survives a hole longer than itself', () => {
    const ring = new PcmRing(4);
    ring.write(counting(1, 3), 0);
    ring.write(counting(100, 2), 100);
    expect([...ring.read(98, 10)]).toEqual([0, 0, 100, 101]);
  });

  it('takes a chunk that overlaps what it holds only once', () => {
    const ring = new PcmRing(10);
    ring.write(counting(0, 4), 0);
    ring.write(counting(2, 4), 2);
    ring.write(counting(0, 2), 0);
    expect([...ring.read(0, 10)]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('keeps the end of a chunk longer than itself', () => {
    const ring = new PcmRing(4);
    ring.write(counting(0, 11), 0);
    expect([...ring.read(7, 4)]).toEqual([7, 8, 9, 10]);
  });
});
