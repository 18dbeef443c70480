/** Values of one /metrics page (Prometheus text format), by name with labels. */
export type Metrics = ReadonlyMap<string, number>;

export async function scrape(serverUrl: string): Promise<Metrics> {
  const response = await fetch(new URL('/metrics', serverUrl));
  return parseMetrics(await response.text());
}

export function parseMetrics(text: string): Metrics {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}

/** How much each series of a name grew, all labels together. */
export function growth(before: Metrics, after: Metrics, name: string): number {
  const sum = (metrics: Metrics) =>
    [...metrics].reduce((total, [series, value]) => (nameOf(series) === name ? total + value : total), 0);
  return sum(after) - sum(before);
}

/**
 * A quantile of what a histogram took between two pages: the upper bound of the bucket that it falls into.
 * Undefined where nothing was taken; Infinity past the last bound.
 */
export function histogramQuantile(before: Metrics, after: Metrics, name: string, share: number): number | undefined {
  const buckets = [...after]
    .filter(([series]) => nameOf(series) === `${name}_bucket`)
    .map(([series, value]) => ({ bound: boundOf(series), count: value - (before.get(series) ?? 0) }))
    .sort((a, b) => a.bound - b.bound);
  const total = buckets.at(-1)?.count ?? 0;
  return total === 0 ? undefined : buckets.find(({ count }) => count >= share * total)?.bound;
}

const nameOf = (series: string) => series.split('{', 1)[0];

function boundOf(series: string): number {
  const bound = /le="([^"]+)"/.exec(series)?.[1];
  return bound === undefined || bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound);
}
