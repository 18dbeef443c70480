import { describe, expect, it } from 'vitest';
import { PacketOrder } from '../../../server/media/tap/packetOrder.ts';
import { seededRandom } from '../../fixtures/random.ts';

function stage({ maxWaiting = 50 } = {}) {
  const counted = { late: 0, duplicate: 0 };
  const order = new PacketOrder<number>({
    maxWaitMs: 120,
    maxWaiting,
    late: () => {
      counted.late += 1;
    },
    duplicate: () => {
      counted.duplicate += 1;
    },
  });
  /** Sequence numbers released, each followed by `-n` when n packets were missing before it. */
  const brief = (released: { item: number; lost: number }[]) =>
    released.map(({ item, lost }) => (lost === 0 ? `${item}` : `${item}-${lost}`)).join(' ');
  return {
    order,
    counted,
    push: (sequence: number, atMs = 0) => brief(order.push(sequence, sequence, atMs)),
    expire: (atMs: number) => brief(order.expire(atMs)),
    flush: () => brief(order.flush()),
  };
}

describe('PacketOrder', () => {
  it('passes packets that come in order at once, across the wrap too', () => {
    const { push, order } = stage();
    expect([65_534, 65_535, 0, 1].map((sequence) => push(sequence))).toEqual(['65534', '65535', '0', '1']);
    expect(order.deadlineMs).toBeUndefined();
  });

  it('holds what comes behind a gap until the missing packet comes', () => {
    const { push } = stage();
    expect([push(10), push(12), push(13), push(11)]).toEqual(['10', '', '', '11 12 13']);
  });

  it('gives a gap up when a packet has waited 120 ms behind it, and tells how many are lost', () => {
    const { push, expire, order } = stage();
    push(10, 0);
    push(13, 40);
    push(14, 60);
    expect(order.deadlineMs).toBe(160);
    expect([expire(159), expire(160)]).toEqual(['', '13-2 14']);
  });

  it('waits for each gap by itself', () => {
    const { push, expire } = stage();
    push(1, 0);
    push(3, 20);
    push(5, 100);
    expect([expire(140), expire(219), expire(220)]).toEqual(['3-1', '', '5-1']);
  });

  it('counts duplicates and what comes after its place was given up', () => {
    const { push, expire, counted } = stage();
    push(1);
    push(3);
    push(3);
    expire(120);
    expect([push(2), push(3)]).toEqual(['', '']);
    expect(counted).toEqual({ late: 2, duplicate: 1 });
  });

  it('never holds more than its limit', () => {
    const { push } = stage({ maxWaiting: 2 });
    push(1);
    expect([push(3), push(5), push(6)]).toEqual(['', '', '3-1']);
  });

  it('starts anew when the numbers jump further than any late packet could', () => {
    const { push } = stage();
    push(100);
    push(102);
    expect([push(40_000), push(40_001)]).toEqual(['102-1 40000', '40001']);
  });

  it('releases all that waits at the end', () => {
    const { push, flush, order } = stage();
    push(1);
    push(3);
    push(6);
    expect([flush(), flush()]).toEqual(['3-1 6-2', '']);
    expect(order.deadlineMs).toBeUndefined();
  });

  it('releases every packet once and in order under any reordering within its wait', () => {
    const random = seededRandom(3);
    const { order } = stage();
    const arrivals = Array.from({ length: 2000 }, (_, at) => ({
      sequence: (65_000 + at) & 0xffff,
      atMs: at * 20 + random() * 110,
    }));
    const released: number[] = [];
    for (const { sequence, atMs } of arrivals.sort((a, b) => a.atMs - b.atMs)) {
      released.push(...order.expire(atMs).map(({ item }) => item));
      released.push(...order.push(sequence, sequence, atMs).map(({ item }) => item));
    }
    const first = released[0] ?? 0;
    expect(released).toEqual(released.map((_, at) => (first + at) & 0xffff));
    expect(released.length).toBeGreaterThan(1990); // before the first to arrive nothing is known
  });
});
