import { afterEach, describe, expect, it } from 'vitest';
import { PlayoutClock } from '../../../server/media/feed/playoutClock.ts';
import type { Clock } from '../../../server/streams/clock.ts';
import { noMetrics } from '../../../server/streams/metrics.ts';
import { VirtualClock } from '../../fixtures/virtualClock.ts';

const running: PlayoutClock[] = [];
afterEach(() => {
  for (const clock of running.splice(0)) clock.stop();
});

/** `lateness` is what is added to each timer, by turns: as a busy event loop would. */
function stage(lateness: readonly number[] = [0]) {
  const virtual = new VirtualClock();
  let turn = 0;
  const clock: Clock = {
    nowMs: () => virtual.nowMs(),
    wallMs: () => virtual.wallMs(),
    after: (ms, task) => virtual.after(ms + (lateness[turn++ % lateness.length] ?? 0), task),
  };
  const frames: { mediaMs: number; atMs: number }[] = [];
  const playout = new PlayoutClock({
    clock,
    metrics: noMetrics,
    onFrame: (mediaMs) => frames.push({ mediaMs, atMs: virtual.nowMs() }),
  });
  running.push(playout);
  return { playout, virtual, frames };
}

describe('PlayoutClock', () => {
  it('plays a frame every 20 ms, each at its media time', async () => {
    const { virtual, frames } = stage();
    await virtual.advance(10_000);
    expect(frames).toHaveLength(501);
    expect(frames.every(({ mediaMs, atMs }, at) => mediaMs === at * 20 && atMs === mediaMs)).toBe(true);
  });

  it('does not drift in an hour of timers that are late by up to 15 ms', async () => {
    const { virtual, frames, playout } = stage([3, 0.4, 15, 1, 7.3]);
    await virtual.advance(3_600_000);
    expect(frames.map(({ mediaMs }) => mediaMs)).toEqual(Array.from({ length: frames.length }, (_, at) => at * 20));
    expect(3_600_000 - (frames.at(-1)?.mediaMs ?? 0)).toBeLessThanOrEqual(40);
    expect(frames.every(({ mediaMs, atMs }) => atMs >= mediaMs && atMs - mediaMs < 20)).toBe(true);
    expect(playout.stats).toEqual({ stalls: 0, skippedMs: 0 });
  });

  it('makes good at once what a stall of up to 60 ms has kept back', async () => {
    const { virtual, frames, playout } = stage([0, 0, 55, 0]);
    await virtual.advance(200);
    const mediaTimes = frames.map(({ mediaMs }) => mediaMs);
    expect(mediaTimes).toEqual(mediaTimes.map((_, at) => at * 20));
    expect(playout.stats.stalls).toBe(0);
  });

  it('lets the media time of a longer stall pass unsent, counts it, and is on time again', async () => {
    const lateness = Array.from({ length: 1000 }, (_, at) => (at === 3 ? 500 : 0));
    const { virtual, frames, playout } = stage(lateness);
    await virtual.advance(2_000);
    expect(playout.stats).toEqual({ stalls: 1, skippedMs: 500 });
    const afterStall = frames.filter(({ atMs }) => atMs >= 540);
    expect(afterStall[0]).toEqual({ mediaMs: 560, atMs: 560 });
    expect(afterStall.every(({ mediaMs, atMs }) => mediaMs === atMs)).toBe(true);
  });

  it('reads media and wall time of the same instant, which run alike', async () => {
    const { virtual, playout } = stage();
    const first = playout.read();
    await virtual.advance(1_234.5);
    const later = playout.read();
    expect(later.mediaMs - first.mediaMs).toBeCloseTo(1_234.5, 9);
    expect(later.wallMs - first.wallMs).toBeCloseTo(1_234.5, 3);
  });

  it('plays nothing more once stopped', async () => {
    const { virtual, frames, playout } = stage();
    await virtual.advance(100);
    const played = frames.length;
    playout.stop();
    playout.stop();
    await virtual.advance(1_000);
    expect(frames).toHaveLength(played);
  });
});
