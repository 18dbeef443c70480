import type { Metrics } from '../../streams/metrics.ts';

const LATENCY_BUCKETS_MS = [200, 300, 400, 500, 600, 800, 1000, 1300, 1800, 2500, 5000, 10_000, 30_000];

export type CaptionMetrics = ReturnType<typeof captionMetrics>;

/** What captioning measures. Latencies are of live speech alone: what is caught up after an outage is not among them. */
export function captionMetrics(metrics: Metrics) {
  const gapMs = (reason: string) =>
    metrics.counter('tritone_caption_gap_ms_total', 'Speech that could not be captioned, ms', { reason });
  return {
    firstPartialMs: metrics.histogram(
      'tritone_caption_first_partial_ms',
      'From the start of an utterance to its first caption, ms',
      LATENCY_BUCKETS_MS,
    ),
    finalMs: metrics.histogram(
      'tritone_caption_final_ms',
      'From the end of an utterance to its final caption, ms',
      LATENCY_BUCKETS_MS,
    ),
    openSpurts: metrics.gauge('tritone_caption_open_spurts', 'Talk spurts being captioned or waiting for it'),
    waiting: metrics.gauge('tritone_caption_waiting', 'Talk spurts that wait for a slot of the recogniser'),
    resumes: metrics.counter('tritone_caption_resumes_total', 'Sequences opened anew after one was lost'),
    gapMs: { overload: gapMs('overload'), outage: gapMs('outage'), 'packet-loss': gapMs('packet-loss') },
  };
}
