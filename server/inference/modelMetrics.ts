import type { Counter, Gauge, Histogram, Metrics } from '../streams/metrics.ts';

const ACK_BUCKETS_MS = [1, 2, 5, 10, 20, 50, 100, 250, 500, 1000, 5000];

/** What is measured of one model. */
export interface ModelMetrics {
  readonly openStreams: Gauge;
  readonly droppedMs: Counter;
  readonly ackMs: Histogram;
  readonly skippedPartials: Counter;
  /** An event of `type` came from the model; types that Tritone does not know count too. */
  event(type: string): void;
}

const MAX_EVENT_TYPES = 20;

export function modelMetrics(metrics: Metrics, model: string): ModelMetrics {
  const labels = { model };
  const byType = new Map<string, Counter>();
  const count = (type: string) =>
    metrics.counter('tritone_model_events_total', 'Events that a model has sent', { model, type });
  return {
    openStreams: metrics.gauge('tritone_model_open_streams', 'Sequences open now', labels),
    droppedMs: metrics.counter('tritone_model_dropped_ms_total', 'Sound dropped on its way to a model', labels),
    ackMs: metrics.histogram(
      'tritone_model_ack_ms',
      'From a request written to its acknowledgement',
      ACK_BUCKETS_MS,
      labels,
    ),
    skippedPartials: metrics.counter(
      'tritone_partials_skipped_total',
      'Partials that a model left out under load',
      labels,
    ),
    event: (type) => {
      // The name comes from a model: past a handful they are counted as one, so that no model can fill the registry.
      const known = byType.has(type) || byType.size < MAX_EVENT_TYPES ? type : 'other';
      const counter = byType.get(known) ?? count(known);
      byType.set(known, counter);
      counter.inc();
    },
  };
}
