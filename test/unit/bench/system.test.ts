import { describe, expect, it } from 'vitest';
import { tritoneRole } from '../../../bench/system/load.ts';
import { machineCpuSeconds, processTree } from '../../../bench/system/processTree.ts';
import { growth, histogramQuantile, parseMetrics } from '../../../bench/system/scrape.ts';

const page = (few: number, more: number, all: number) =>
  parseMetrics(
    [
      '# HELP tap_ms From in to out',
      `tap_ms_bucket{le="1"} ${few}`,
      `tap_ms_bucket{le="5"} ${more}`,
      `tap_ms_bucket{le="+Inf"} ${all}`,
      `gap_total{reason="overload"} ${few}`,
      `gap_total{reason="outage"} ${more}`,
      '',
    ].join('\n'),
  );

describe('a metrics page', () => {
  it('gives the quantile of what came between two readings as the bound of its bucket', () => {
    const [before, after] = [page(100, 100, 100), page(150, 195, 200)];
    expect(histogramQuantile(before, after, 'tap_ms', 0.5)).toBe(1);
    expect(histogramQuantile(before, after, 'tap_ms', 0.95)).toBe(5);
    expect(histogramQuantile(before, after, 'tap_ms', 0.99)).toBe(Number.POSITIVE_INFINITY);
  });

  it('gives no quantile where nothing came', () => {
    expect(histogramQuantile(page(1, 2, 3), page(1, 2, 3), 'tap_ms', 0.95)).toBeUndefined();
    expect(histogramQuantile(page(1, 2, 3), page(1, 2, 3), 'other_ms', 0.95)).toBeUndefined();
  });

  it('gives the growth of a counter over all its labels', () => {
    expect(growth(page(1, 2, 3), page(4, 7, 9), 'gap_total')).toBe(8);
  });
});

describe('the process tree', () => {
  it('holds this process with its memory and the CPU time that it spends, and the machine spends as much', () => {
    const mine = () => processTree(process.pid).find(({ pid }) => pid === process.pid);
    const before = mine();
    const machineBefore = machineCpuSeconds();
    const start = process.cpuUsage().user;
    while (process.cpuUsage().user < start + 50_000);
    const after = mine();
    expect(before?.residentMb).toBeGreaterThan(20);
    expect((after?.cpuSeconds ?? 0) - (before?.cpuSeconds ?? 0)).toBeGreaterThan(0.01);
    expect(machineCpuSeconds() - machineBefore).toBeGreaterThan(0.01);
  });

  it('is empty for a process that is gone', () => {
    expect(processTree(2 ** 22 + 1)).toEqual([]);
  });

  it('is told apart by what each process does', () => {
    expect([
      tritoneRole('MainThread', true),
      tritoneRole('mediasoup-worke', false),
      tritoneRole('tritonserver', false),
      tritoneRole('triton_python_b', false),
    ]).toEqual(['node', 'mediasoup', 'triton', 'triton']);
  });
});
