import { monitorEventLoopDelay } from 'node:perf_hooks';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Metrics } from '../streams/metrics.ts';
import { Family, PlainHistogram, PlainNumber } from './instruments.ts';

/** Each look wakes the process: 200 a second cost half a percent of a core, these a tenth of it. */
const LOOK_EVERY_MS = 20;
/** prom-client looks by itself too, and cannot be told not to. */
const HARDLY_EVER_MS = 10_000;

export interface Prometheus {
  readonly metrics: Metrics;
  readonly contentType: string;
  /** The exposition text of every instrument. */
  expose(): Promise<string>;
  close(): void;
}

/**
 * One registry for the process; instruments of the same name share their definition and differ by labels. Parts count
 * with numbers of ours, for prom-client's cost ten times as much; it tells of the process.
 */
export function createPrometheus(): Prometheus {
  const registry = new Registry();
  const eventLoop = watchEventLoop(registry);
  collectProcessMetrics(registry);
  const numbers = new Map<string, Family<PlainNumber>>();
  const histograms = new Map<string, Family<PlainHistogram>>();

  const number = (type: 'counter' | 'gauge', name: string, help: string) => {
    const family = numbers.get(name) ?? new Family({ name, help, type, make: () => new PlainNumber() });
    numbers.set(name, family);
    return family;
  };
  const metrics: Metrics = {
    counter: (name, help, labels = {}) => number('counter', name, help).of(labels),
    gauge: (name, help, labels = {}) => number('gauge', name, help).of(labels),
    histogram(name, help, buckets, labels = {}) {
      const make = () => new PlainHistogram(buckets);
      const family = histograms.get(name) ?? new Family({ name, help, type: 'histogram', make });
      histograms.set(name, family);
      return family.of(labels);
    },
  };
  return {
    metrics,
    contentType: registry.contentType,
    async expose() {
      const ours = [...numbers.values(), ...histograms.values()].map((family) => family.expose());
      return [...ours, await registry.metrics()].join('\n\n');
    },
    close: () => eventLoop.disable(),
  };
}

/** Memory, CPU, garbage collection, handles; of the event loop there is one measure, ours. */
function collectProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: HARDLY_EVER_MS });
  for (const { name } of registry.getMetricsAsArray()) {
    if (name.startsWith('nodejs_eventloop_lag_') && name !== 'nodejs_eventloop_lag_seconds') {
      registry.removeSingleMetric(name);
    }
  }
}

/** The media loop's budget is a p99 of 15 ms; read and reset at each scrape. */
function watchEventLoop(registry: Registry): { disable(): void } {
  const delay = monitorEventLoopDelay({ resolution: LOOK_EVERY_MS });
  delay.enable();
  new Gauge({
    name: 'tritone_event_loop_delay_p99_ms',
    help: 'How late the event loop is since the last scrape, 99th percentile',
    registers: [registry],
    collect() {
      // What is recorded is the time between two looks.
      this.set(Math.max(0, delay.percentile(99) / 1e6 - LOOK_EVERY_MS));
      delay.reset();
    },
  });
  return delay;
}
