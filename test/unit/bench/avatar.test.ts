import { describe, expect, it } from 'vitest';
import { shuffled } from '../../../bench/avatar/recordedVoice.ts';
import type { SeenPacket } from '../../../bench/avatar/roomViewer.ts';
import { pair, skewFigures } from '../../../bench/avatar/skewScore.ts';
import { continuityOf, picturesIn } from '../../../bench/avatar/watched.ts';

const packet = (atMs: number, timestamp: number, marker = true): SeenPacket => ({
  atMs,
  timestamp,
  marker,
  sequence: 0,
  payload: Buffer.alloc(1),
});

describe('the skew of sound and picture', () => {
  it('is of the flash and the beep that belong together, one missing or not', () => {
    const points = pair([1010, 3030, 4500], [1000, 2000, 3000]);
    expect(points).toEqual([
      { atMs: 0, skewMs: 10 },
      { atMs: 2000, skewMs: 30 },
    ]);
  });

  it('drifts as much an hour as it does, whatever a few stray measures say', () => {
    const points = Array.from({ length: 60 }, (_, second) => ({
      atMs: second * 1000,
      skewMs: second % 10 === 5 ? 300 : 5 + second * 0.01,
    }));
    const { count, slopePerHour, p50, spread } = skewFigures(points, 20_000);
    expect(count).toBe(40);
    expect(slopePerHour).toBeCloseTo(36, 0);
    expect(p50).toBeLessThan(6);
    expect(spread).toBeLessThan(1);
  });

  it('is unknown where nothing was measured', () => {
    expect(skewFigures([], 0)).toEqual({
      count: 0,
      p50: undefined,
      p95: undefined,
      spread: undefined,
      slopePerHour: undefined,
    });
  });
});

describe('what a viewer gets', () => {
  it('counts whole pictures once, and only those of the time asked for', () => {
    const packets = [packet(10, 1, false), packet(11, 1), packet(12, 1), packet(50, 2), packet(100, 3)];
    expect(picturesIn(packets, 0, 100)).toBe(2);
  });

  it('tells the longest wait of a voice and the time that never came', () => {
    const packets = [packet(0, 0), packet(20, 960), packet(95, 3 * 960), packet(100, 4 * 960)];
    expect(continuityOf(packets)).toEqual({ longestMs: 75, p99Ms: 75, missingMs: 20 });
  });
});

describe('visemes shuffled', () => {
  const chunks = ['PP', 'aa', 'O', 'SS', 'nn', 'E', 'FF', 'U'].map((viseme, at) => ({
    pcm: new Int16Array(10),
    sampleRate: 16_000,
    startSample: at * 10,
    words: [],
    visemes: [{ viseme: viseme as 'PP', startSample: at * 10, endSample: at * 10 + 10 }],
  }));

  it('keep their times and their number, and lose their places', () => {
    const other = shuffled(chunks, 1);
    const names = (of: typeof chunks) => of.flatMap(({ visemes }) => visemes.map(({ viseme }) => viseme));
    const times = (of: typeof chunks) => of.flatMap(({ visemes }) => visemes.map(({ startSample }) => startSample));
    expect(times(other as typeof chunks)).toEqual(times(chunks));
    expect(names(other as typeof chunks).toSorted()).toEqual(names(chunks).toSorted());
    expect(names(other as typeof chunks)).not.toEqual(names(chunks));
  });
});
