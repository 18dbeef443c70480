import { describe, expect, it } from 'vitest';
import { ServerClock } from '../../../client/sdk/serverClock.ts';

describe('ServerClock', () => {
  it('takes the server to have answered half-way between question and answer', () => {
    const clock = new ServerClock(() => 2_000);
    clock.add(1_000, 1_040, 50_020);
    expect(clock.nowMs()).toBe(51_000);
    expect(clock.uncertaintyMs).toBe(20);
  });

  it('trusts the quickest answer', () => {
    const clock = new ServerClock(() => 0);
    clock.add(0, 10, 105);
    clock.add(100, 600, 700);
    expect(clock.nowMs()).toBe(100);
  });

  it('forgets old answers, so that it follows a drift', () => {
    const clock = new ServerClock(() => 0);
    clock.add(0, 10, 105);
    for (let n = 0; n < 8; n += 1) clock.add(0, 20, 210);
    expect(clock.nowMs()).toBe(200);
  });

  it('reads 0 before the first answer and after a reset', () => {
    const clock = new ServerClock(() => 5);
    expect(clock.nowMs()).toBe(0);
    clock.add(0, 10, 105);
    clock.reset();
    expect(clock.nowMs()).toBe(0);
    expect(clock.uncertaintyMs).toBe(Number.POSITIVE_INFINITY);
  });
});
