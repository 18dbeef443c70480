import { describe, expect, it } from 'vitest';
import { PcmQueue } from '../../../server/inference/pcmQueue.ts';
import { SampleMap } from '../../../server/inference/sampleMap.ts';

const samples = (buffer: Buffer) => [...new Int16Array(Uint8Array.from(buffer).buffer)];

describe('PcmQueue', () => {
  it('joins what was pushed and gives no more than is asked for', () => {
    const queue = new PcmQueue(1000);
    queue.push(Int16Array.of(1, 2, 3));
    queue.push(Int16Array.of(-4, 5));
    expect(samples(queue.take(4))).toEqual([1, 2, 3, -4]);
    expect(samples(queue.take(4))).toEqual([5]);
    expect(samples(queue.take(4))).toEqual([]);
    expect(queue.samples).toBe(0);
  });

  it('drops the oldest to the sample and tells how many', () => {
    const queue = new PcmQueue(1);
    expect(queue.push(new Int16Array(10).fill(1))).toBe(0);
    expect(queue.push(new Int16Array(10).fill(2))).toBe(4);
    expect(samples(queue.take(16))).toEqual([...Array(6).fill(1), ...Array(10).fill(2)]);
  });

  it('keeps the newest of one push that exceeds the limit alone', () => {
    const queue = new PcmQueue(1);
    expect(queue.push(Int16Array.from({ length: 20 }, (_, index) => index))).toBe(4);
    expect(samples(queue.take(1))).toEqual([4]);
  });

  it('reads a view of a larger buffer at its place', () => {
    const queue = new PcmQueue(1);
    queue.push(Int16Array.of(1, 2, 3, 4).subarray(1, 3));
    expect(samples(queue.take(9))).toEqual([2, 3]);
  });
});

describe('SampleMap', () => {
  it('counts what was dropped into the time of what follows', () => {
    const map = new SampleMap();
    map.drop(100, 50);
    map.drop(100, 10);
    map.drop(300, 5);
    expect([0, 99, 100, 299, 300].map((sample) => map.start(sample))).toEqual([0, 99, 160, 359, 365]);
  });

  it('ends a stretch before the gap at which it stops', () => {
    const map = new SampleMap();
    map.drop(100, 50);
    expect([99, 100, 101].map((sample) => map.end(sample))).toEqual([99, 100, 151]);
  });

  it('knows of a gap before the first sample', () => {
    const map = new SampleMap();
    map.drop(0, 7);
    expect([map.start(0), map.end(0), map.end(1)]).toEqual([7, 0, 8]);
  });
});
