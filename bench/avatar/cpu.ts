import { readFileSync } from 'node:fs';
import { processTree } from '../system/processTree.ts';

/** CPU seconds spent, by part: `server`, `mediasoup`, `triton`, and each model's own process by its name. */
export type CpuByPart = Readonly<Record<string, number>>;

/** Of a server and everything below it, until now. */
export function cpuByPart(server: number, models: readonly string[]): CpuByPart {
  const spent: Record<string, number> = {};
  for (const { pid, name, cpuSeconds } of processTree(server)) {
    const part = partOf(pid, name, server, models);
    spent[part] = (spent[part] ?? 0) + cpuSeconds;
  }
  return spent;
}

/** Percent of one core between two readings. */
export function cpuPercent(before: CpuByPart, after: CpuByPart, elapsedMs: number): CpuByPart {
  return Object.fromEntries(
    Object.entries(after).map(([part, seconds]) => [part, (100_000 * (seconds - (before[part] ?? 0))) / elapsedMs]),
  );
}

/** The process in which Triton runs a model. */
export function stubOf(server: number, model: string): number | undefined {
  return processTree(server).find(({ pid, name }) => partOf(pid, name, server, [model]) === model)?.pid;
}

function partOf(pid: number, name: string, server: number, models: readonly string[]): string {
  if (pid === server) return 'server';
  if (name.startsWith('mediasoup')) return 'mediasoup';
  const words = commandOf(pid);
  // Triton itself names its repository, a stub the folder of its one model.
  const isStub = words[0]?.includes('stub') ?? false;
  return (
    (isStub ? models.find((model) => words.some((word) => word.split('/').includes(model))) : undefined) ?? 'triton'
  );
}

function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // it ended meanwhile
  }
}
