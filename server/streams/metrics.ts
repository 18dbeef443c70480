/** What a part measures with. Made in telemetry/ (Prometheus), handed in everywhere. */
export interface Counter {
  inc(by?: number): void;
}
export interface Gauge {
  set(value: number): void;
  inc(by?: number): void;
  dec(by?: number): void;
}
export interface Histogram {
  observe(value: number): void;
}

export interface Metrics {
  /** The same name gives the same instrument; labels are fixed when it is made. */
  counter(name: string, help: string, labels?: Readonly<Record<string, string>>): Counter;
  gauge(name: string, help: string, labels?: Readonly<Record<string, string>>): Gauge;
  /** `buckets` are upper bounds in the unit that the name ends with, e.g. `_ms`. */
  histogram(
    name: string,
    help: string,
    buckets: readonly number[],
    labels?: Readonly<Record<string, string>>,
  ): Histogram;
}

const nothing = { inc: () => {}, set: () => {}, dec: () => {}, observe: () => {} };
export const noMetrics: Metrics = { counter: () => nothing, gauge: () => nothing, histogram: () => nothing };
