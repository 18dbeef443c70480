export interface Quantiles {
  /** How many values there are. */
  readonly count: number;
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly p99: number | undefined;
}

/** By nearest rank: each is a value that was measured. */
export function quantilesOf(values: Iterable<number | undefined>): Quantiles {
  const sorted = [...values].filter((value) => value !== undefined).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
