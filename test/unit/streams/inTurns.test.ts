import { describe, expect, it } from 'vitest';
import { inTurns } from '../../../server/streams/inTurns.ts';
import { VirtualClock } from '../../fixtures/virtualClock.ts';

/** A clock that goes on with the work. */
class WorkClock extends VirtualClock {
  workedMs = 0;

  override nowMs(): number {
    return this.workedMs;
  }
}

describe('inTurns', () => {
  it('gives the event loop its turn after a few ms of work, and loses nothing', async () => {
    const clock = new WorkClock();
    let turnMs = 0;
    let longestMs = 0;
    let over = false;
    const nextTurn = () => {
      turnMs = clock.workedMs;
      if (!over) setImmediate(nextTurn);
    };
    setImmediate(nextTurn);
    function* pieces() {
      for (let piece = 0; piece < 1000; piece++) {
        clock.workedMs += 1;
        longestMs = Math.max(longestMs, clock.workedMs - turnMs);
        yield `${piece},`;
      }
    }
    let text = '';
    for await (const part of inTurns(pieces(), clock)) text += part;
    over = true;
    expect(text).toBe(`${Array.from({ length: 1000 }, (_, piece) => piece).join(',')},`);
    expect(longestMs).toBeLessThanOrEqual(8);
  });

  it('hands on what is short in one piece', async () => {
    const parts: string[] = [];
    for await (const part of inTurns(['a', 'b', 'c'], new WorkClock())) parts.push(part);
    expect(parts).toEqual(['abc']);
  });
});
