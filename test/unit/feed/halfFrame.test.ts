import { describe, expect, it } from 'vitest';
import { halveFrame } from '../../../server/media/feed/video/halfFrame.ts';

describe('halveFrame', () => {
  it('makes each sample the rounded mean of its four, plane by plane', () => {
    const size = 4;
    const frame = Uint8Array.from([
      ...[0, 10, 100, 101],
      ...[20, 31, 102, 103],
      ...[255, 255, 0, 0],
      ...[255, 255, 0, 1],
      ...[1, 2, 3, 5], // Cb
      ...[200, 201, 201, 201], // Cr
    ]);
    const half = new Uint8Array((size * size * 3) / 8);
    halveFrame(frame, size, half);
    expect([...half]).toEqual([15, 102, 255, 0, 3, 201]);
  });

  it('keeps what is flat as it is', () => {
    const half = new Uint8Array((64 * 64 * 3) / 2);
    halveFrame(new Uint8Array((128 * 128 * 3) / 2).fill(77), 128, half);
    expect([...new Set(half)]).toEqual([77]);
  });
});
