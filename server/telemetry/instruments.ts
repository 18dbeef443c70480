import type { Counter, Gauge, Histogram } from '../streams/metrics.ts';

export type Labels = Readonly<Record<string, string>>;

interface Instrument {
  /** Lines of the exposition, each with the instrument's own labels. */
  lines(name: string, labels: string): string[];
}

/** All instruments of one name, told apart by their labels. */
export class Family<T extends Instrument> {
  readonly #head: readonly string[];
  readonly #name: string;
  readonly #make: () => T;
  readonly #instruments = new Map<string, T>();

  constructor({ name, help, type, make }: { name: string; help: string; type: string; make: () => T }) {
    this.#name = name;
    this.#make = make;
    this.#head = [`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`];
  }

  of(labels: Labels): T {
    const key = Object.entries(labels)
      .map(([label, value]) => `${label}="${escaped(value).replaceAll('"', '\\"')}"`)
      .join(',');
    const instrument = this.#instruments.get(key) ?? this.#make();
    this.#instruments.set(key, instrument);
    return instrument;
  }

  /** Prometheus text format 0.0.4. */
  expose(): string {
    const lines = [...this.#instruments].flatMap(([labels, instrument]) => instrument.lines(this.#name, labels));
    return [...this.#head, ...lines].join('\n');
  }
}

/** A number that is counted with; thousands of times a second, so it does nothing else. */
export class PlainNumber implements Counter, Gauge, Instrument {
  #value = 0;

  inc(by = 1): void {
    this.#value += by;
  }

  dec(by = 1): void {
    this.#value -= by;
  }

  set(value: number): void {
    this.#value = value;
  }

  lines(name: string, labels: string): string[] {
    return [line(name, labels, this.#value)];
  }
}

export class PlainHistogram implements Histogram, Instrument {
  readonly #bounds: readonly number[];
  /** Values up to each bound and above the one before; the last is past every bound. */
  readonly #counts: number[];
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    let at = 0;
    while (at < this.#bounds.length && value > (this.#bounds[at] ?? 0)) at += 1;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += value;
  }

  lines(name: string, labels: string): string[] {
    const before = labels === '' ? '' : `${labels},`;
    let count = 0;
    const buckets = this.#counts.map((more, at) => {
      count += more;
      return line(`${name}_bucket`, `${before}le="${this.#bounds[at] ?? '+Inf'}"`, count);
    });
    return [...buckets, line(`${name}_sum`, labels, this.#sum), line(`${name}_count`, labels, count)];
  }
}

function line(name: string, labels: string, value: number): string {
  return `${name}${labels === '' ? '' : `{${labels}}`} ${value}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
