import { readdirSync, readFileSync } from 'node:fs';

/** proc(5) counts CPU time in these: 100 a second on every Linux of x86-64 (getconf CLK_TCK). */
const TICKS_A_SECOND = 100;
const PAGE_MB = 4096 / 1e6;

export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** The first 15 characters of its name. */
  readonly name: string;
  readonly cpuSeconds: number;
  readonly residentMb: number;
}

/** A process and everything below it, itself first. Empty when it is gone. */
export function processTree(root: number): ProcessFacts[] {
  const all = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => readFacts(Number(entry)) ?? []);
  const children = Map.groupBy(all, ({ parent }) => parent);
  const below = (facts: ProcessFacts): ProcessFacts[] => [facts, ...(children.get(facts.pid) ?? []).flatMap(below)];
  return all.filter(({ pid }) => pid === root).flatMap(below);
}

/** CPU time that everything on this machine has spent, guests and interrupts included. */
export function machineCpuSeconds(): number {
  const [total = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
  const [user = 0, nice = 0, system = 0, , , hardware = 0, software = 0] = total.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + hardware + software) / TICKS_A_SECOND;
}

/** Fields of proc(5): the name stands in brackets and may hold anything, so fields count from the last bracket. */
function readFacts(pid: number): ProcessFacts | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const close = stat.lastIndexOf(')');
    const fields = stat.slice(close + 2).split(' ');
    const field = (number: number) => Number(fields[number - 3]);
    return {
      pid,
      parent: field(4),
      name: stat.slice(stat.indexOf('(') + 1, close),
      cpuSeconds: (field(14) + field(15)) / TICKS_A_SECOND,
      residentMb: field(24) * PAGE_MB,
    };
  } catch {
    return undefined; // it ended meanwhile
  }
}
