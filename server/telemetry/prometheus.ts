import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Metrics } from '../streams/metrics.ts';

export interface Prometheus {
  readonly metrics: Metrics;
  readonly contentType: string;
  /** The exposition text of every instrument. */
  expose(): Promise<string>;
  close(): void;
}

type Labels = Readonly<Record<string, string>>;

/** One registry for the process; instruments of the same name share their definition and differ by labels. */
export function createPrometheus(): Prometheus {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const eventLoop = watchEventLoop(registry);

  const metrics: Metrics = {
    counter(name, help, labels = {}) {
      const found = registry.getSingleMetric(name);
      const counter =
        found instanceof Counter
          ? found
          : new Counter({ name, help, labelNames: names(labels), registers: [registry] });
      return counter.labels(labels);
    },
    gauge(name, help, labels = {}) {
      const found = registry.getSingleMetric(name);
      const gauge =
        found instanceof Gauge ? found : new Gauge({ name, help, labelNames: names(labels), registers: [registry] });
      return gauge.labels(labels);
    },
    histogram(name, help, buckets, labels = {}) {
      const found = registry.getSingleMetric(name);
      const histogram =
        found instanceof Histogram
          ? found
          : new Histogram({ name, help, buckets: [...buckets], labelNames: names(labels), registers: [registry] });
      return histogram.labels(labels);
    },
  };
  return {
    metrics,
    contentType: registry.contentType,
    expose: () => registry.metrics(),
    close: () => eventLoop.disable(),
  };
}

function names(labels: Labels): string[] {
  return Object.keys(labels);
}

/** The media loop's budget is a p99 of 15 ms; read and reset at each scrape. */
function watchEventLoop(registry: Registry): { disable(): void } {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  new Gauge({
    name: 'tritone_event_loop_delay_p99_ms',
    help: 'Event-loop delay since the last scrape, 99th percentile; 5 ms is the floor of the measurement',
    registers: [registry],
    collect() {
      this.set(delay.percentile(99) / 1e6);
      delay.reset();
    },
  });
  return delay;
}
