import { describe, expect, it } from 'vitest';
import { TimeMap } from '../../../server/features/speech/timeMap.ts';

describe('TimeMap', () => {
  it('runs at the rate of its samples between the places it was told', () => {
    const map = TimeMap.toMs(16_000);
    map.add(0, 1000);
    map.add(16_000, 2000);
    expect(map.at(8000)).toBe(1500);
    expect(map.at(24_000)).toBe(2500);
    expect(map.size).toBe(1);
  });

  it('jumps where the sound jumps, and draws its first line backwards', () => {
    const map = TimeMap.toMs(16_000);
    map.add(1600, 1000);
    map.add(3200, 4000);
    expect(map.at(0)).toBe(900);
    expect(map.at(3199)).toBeCloseTo(1100, 0);
    expect(map.at(3200)).toBe(4000);
    expect(map.at(4800)).toBe(4100);
  });

  it('follows a clock that drifts by 100 ppm within half a millisecond over an hour', () => {
    const map = TimeMap.toMs(16_000);
    const drifted = (sample: number) => (sample / 16) * 1.0001;
    for (let sample = 0; sample <= 3600 * 16_000; sample += 320) map.add(sample, drifted(sample));
    expect(map.at(1_800 * 16_000)).toBeCloseTo(drifted(1_800 * 16_000), 0);
    expect(map.at(3_600 * 16_000)).toBeCloseTo(drifted(3_600 * 16_000), 0);
    expect(map.size).toBeLessThan(1000);
  });

  it('forgets what is asked for no more and keeps the piece that still holds', () => {
    const map = TimeMap.toSamples();
    map.add(0, 100);
    map.add(10, 200);
    map.add(20, 300);
    map.forgetBefore(15);
    expect(map.size).toBe(2);
    expect(map.at(15)).toBe(205);
  });
});
