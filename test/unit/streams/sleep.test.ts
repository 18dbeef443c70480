import { describe, expect, it } from 'vitest';
import { sleep } from '../../../server/streams/sleep.ts';
import { VirtualClock } from '../../fixtures/virtualClock.ts';

function stage(signal: AbortSignal = new AbortController().signal) {
  const clock = new VirtualClock();
  let over = false;
  void sleep(clock, 1000, signal).then(() => {
    over = true;
  });
  return { clock, isOver: () => over };
}

describe('sleep', () => {
  it('lasts as long as it was told', async () => {
    const { clock, isOver } = stage();
    await clock.advance(999);
    expect(isOver()).toBe(false);
    await clock.advance(1);
    expect(isOver()).toBe(true);
  });

  it('ends with its owner, also with one that is gone already', async () => {
    const owner = new AbortController();
    const running = stage(owner.signal);
    await running.clock.advance(10);
    owner.abort();
    await running.clock.advance(0);
    const late = stage(owner.signal);
    await late.clock.advance(0);
    expect([running.isOver(), late.isOver()]).toEqual([true, true]);
  });
});
