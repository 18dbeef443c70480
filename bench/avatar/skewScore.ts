import { quantilesOf } from '../score/quantiles.ts';

/** A measure and when it was taken, ms since the first one. */
export interface SkewPoint {
  readonly atMs: number;
  /** Positive: the picture is behind its sound. */
  readonly skewMs: number;
}

export interface SkewFigures {
  readonly count: number;
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  /** Between the quarters. */
  readonly spread: number | undefined;
  /** Median of the slopes between all pairs (Theil, Sen): single outliers do not bend it. */
  readonly slopePerHour: number | undefined;
}

/** Beyond it a flash is not that beep's. */
const SAME_MS = 450;
const HOUR_MS = 3_600_000;

/** Each flash beside the beep that is nearest. */
export function pair(flashes: readonly number[], beeps: readonly number[]): SkewPoint[] {
  const [first = 0] = beeps;
  return flashes.flatMap((flashMs) => {
    const beepMs = beeps.reduce(
      (best, each) => (Math.abs(each - flashMs) < Math.abs(best - flashMs) ? each : best),
      Number.POSITIVE_INFINITY,
    );
    return Math.abs(flashMs - beepMs) <= SAME_MS ? [{ atMs: beepMs - first, skewMs: flashMs - beepMs }] : [];
  });
}

/** Of the points after `fromMs`. */
export function skewFigures(points: readonly SkewPoint[], fromMs: number): SkewFigures {
  const settled = points.filter(({ atMs }) => atMs >= fromMs);
  const sorted = settled.map(({ skewMs }) => skewMs).sort((a, b) => a - b);
  const { count, p50, p95 } = quantilesOf(sorted);
  const quarter = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  const [low, high] = [quarter(0.25), quarter(0.75)];
  const spread = low === undefined || high === undefined ? undefined : high - low;
  return { count, p50, p95, spread, slopePerHour: slopeOf(settled) };
}

function slopeOf(points: readonly SkewPoint[]): number | undefined {
  const slopes = points.flatMap((one, at) =>
    points
      .slice(at + 1)
      .filter(({ atMs }) => atMs !== one.atMs)
      .map((other) => (HOUR_MS * (other.skewMs - one.skewMs)) / (other.atMs - one.atMs)),
  );
  return slopes.sort((a, b) => a - b)[slopes.length >> 1];
}
