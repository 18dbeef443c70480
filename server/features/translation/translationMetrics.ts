import type { Counter, Histogram, Metrics } from '../../streams/metrics.ts';

const DELAY_BUCKETS_MS = [50, 100, 200, 350, 500, 750, 1000, 2000, 5000, 10_000];

export interface TranslationMetrics {
  /** From a final to its translation. */
  readonly finalMs: Histogram;
  readonly failed: Counter;
}

export function translationMetrics(metrics: Metrics, language: string): TranslationMetrics {
  const labels = { language };
  return {
    finalMs: metrics.histogram('tritone_translation_ms', 'From a final to its translation', DELAY_BUCKETS_MS, labels),
    failed: metrics.counter('tritone_translations_failed_total', 'Translations that failed', labels),
  };
}
