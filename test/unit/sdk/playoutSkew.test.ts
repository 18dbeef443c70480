import { describe, expect, it } from 'vitest';
import { playoutSkewMs } from '../../../client/sdk/playoutSkew.ts';

/** A receiver that plays, at `atMs` of its own report, what the sender stamped `playsMs`. */
function track(atMs: number, playsMs?: number) {
  const inbound = { id: 'i', type: 'inbound-rtp', timestamp: atMs, estimatedPlayoutTimestamp: playsMs };
  const codec = { id: 'c', type: 'codec', timestamp: atMs };
  return {
    getStats: async () =>
      new Map<string, unknown>([
        ['c', codec],
        ['i', inbound],
      ]) as unknown as RTCStatsReport,
  };
}

describe('playout skew', () => {
  it('is how much older the picture is than the sound that plays with it', async () => {
    expect(await playoutSkewMs(track(1000, 500_000), track(1000, 499_970))).toBe(30);
    expect(await playoutSkewMs(track(1000, 500_000), track(1000, 500_010))).toBe(-10);
  });

  it('allows for reports that were made one after the other', async () => {
    expect(await playoutSkewMs(track(1000, 500_000), track(1004, 500_004))).toBe(0);
  });

  it('is not told before the browser knows both clocks', async () => {
    expect(await playoutSkewMs(track(1000), track(1000, 500_000))).toBeUndefined();
    expect(await playoutSkewMs(track(1000, 500_000), track(1000, 0))).toBeUndefined();
  });
});
