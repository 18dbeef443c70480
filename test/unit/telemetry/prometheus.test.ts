import { describe, expect, it } from 'vitest';
import { createPrometheus } from '../../../server/telemetry/prometheus.ts';

async function withMetrics(work: (prometheus: ReturnType<typeof createPrometheus>) => Promise<void>): Promise<void> {
  const prometheus = createPrometheus();
  try {
    await work(prometheus);
  } finally {
    prometheus.close();
  }
}

const linesOf = (text: string, name: string) => text.split('\n').filter((line) => line.includes(name));

describe('metrics', () => {
  it('are one instrument for one name and its labels, from the first look on', () =>
    withMetrics(async ({ metrics, expose }) => {
      const first = metrics.counter('spoons_total', 'Spoons', { size: 'small' });
      metrics.counter('spoons_total', 'Spoons', { size: 'small' }).inc(2);
      first.inc();
      metrics.counter('spoons_total', 'Spoons', { size: 'large' });
      const forks = metrics.gauge('forks', 'Forks\nin "use"');
      forks.set(7);
      forks.dec();
      const text = await expose();
      expect(linesOf(text, 'spoons_total')).toEqual([
        '# HELP spoons_total Spoons',
        '# TYPE spoons_total counter',
        'spoons_total{size="small"} 3',
        'spoons_total{size="large"} 0',
      ]);
      expect(linesOf(text, 'forks')).toEqual(['# HELP forks Forks\\nin "use"', '# TYPE forks gauge', 'forks 6']);
    }));

  it('are histograms whose buckets hold all up to their bound, the bound itself too', () =>
    withMetrics(async ({ metrics, expose }) => {
      const wait = metrics.histogram('wait_ms', 'Wait', [1, 10], { model: 'a"b\\c' });
      for (const value of [0.5, 1, 1.5, 10, 11]) wait.observe(value);
      expect(linesOf(await expose(), 'wait_ms').slice(2)).toEqual([
        'wait_ms_bucket{model="a\\"b\\\\c",le="1"} 2',
        'wait_ms_bucket{model="a\\"b\\\\c",le="10"} 4',
        'wait_ms_bucket{model="a\\"b\\\\c",le="+Inf"} 5',
        'wait_ms_sum{model="a\\"b\\\\c"} 24',
        'wait_ms_count{model="a\\"b\\\\c"} 5',
      ]);
    }));

  it('tell of the process, and how late its event loop is', () =>
    withMetrics(async ({ expose }) => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      const heldUntil = performance.now() + 120;
      while (performance.now() < heldUntil);
      await new Promise((resolve) => setTimeout(resolve, 60));
      const text = await expose();
      const [, lateMs] = /^tritone_event_loop_delay_p99_ms (.*)$/m.exec(text) ?? [];
      expect(Number(lateMs)).toBeGreaterThan(80);
      expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
      expect(text).not.toContain('nodejs_eventloop_lag_p99');
    }));
});
