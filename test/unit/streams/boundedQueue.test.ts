import { describe, expect, it } from 'vitest';
import { BoundedQueue } from '../../../server/streams/boundedQueue.ts';
import { settle } from '../../fixtures/virtualClock.ts';

describe('BoundedQueue', () => {
  it('gives its reader every item in order and ends when closed', async () => {
    const queue = new BoundedQueue<number>({ limit: 3, whenFull: 'drop-oldest' });
    for (const item of [1, 2, 3]) expect(queue.push(item)).toBe(0);
    queue.close();
    expect(await Array.fromAsync(queue)).toEqual([1, 2, 3]);
  });

  it('drops the oldest and says how much that weighed', async () => {
    const queue = new BoundedQueue<string>({ limit: 5, weigh: (text) => text.length, whenFull: 'drop-oldest' });
    expect(['ab', 'cde', 'f', 'ghij'].map((item) => queue.push(item))).toEqual([0, 0, 2, 3]);
    expect(queue.weight).toBe(5);
    queue.close();
    expect(await Array.fromAsync(queue)).toEqual(['f', 'ghij']);
  });

  it('refuses what does not fit when told to', async () => {
    const queue = new BoundedQueue<string>({ limit: 3, weigh: (text) => text.length, whenFull: 'refuse' });
    expect(['ab', 'cd', 'e'].map((item) => queue.push(item))).toEqual([0, 2, 0]);
    queue.close();
    expect(await Array.fromAsync(queue)).toEqual(['ab', 'e']);
  });

  it('takes an item heavier than its limit when it is empty, so that nothing is stuck for ever', () => {
    const queue = new BoundedQueue<string>({ limit: 2, weigh: (text) => text.length, whenFull: 'refuse' });
    expect(queue.push('long')).toBe(0);
    expect(queue.push('x')).toBe(1);
  });

  it('wakes a reader who waits', async () => {
    const queue = new BoundedQueue<number>({ limit: 1, whenFull: 'drop-oldest' });
    const reader = queue[Symbol.asyncIterator]();
    const first = reader.next();
    await settle();
    queue.push(7);
    expect(await first).toEqual({ done: false, value: 7 });
  });

  it('lets the reader have what waits before a failure reaches it', async () => {
    const queue = new BoundedQueue<number>({ limit: 9, whenFull: 'drop-oldest' });
    queue.push(1);
    queue.fail(new Error('gone'));
    const reader = queue[Symbol.asyncIterator]();
    expect((await reader.next()).value).toBe(1);
    await expect(reader.next()).rejects.toThrow('gone');
  });

  it('takes nothing after its end', () => {
    const queue = new BoundedQueue<number>({ limit: 9, whenFull: 'drop-oldest' });
    queue.close();
    expect(queue.push(1)).toBe(1);
    expect(queue.weight).toBe(0);
  });
});
