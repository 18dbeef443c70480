import { readdir, readFile } from 'node:fs/promises';

/** One process as /proc/<pid>/stat tells it; see proc_pid_stat(5). */
export interface ProcessStat {
  readonly pid: number;
  /** One letter; `Z` is dead and not yet buried. */
  readonly state: string;
  readonly group: number;
  /** Clock ticks since boot: with the pid it names a process for good. */
  readonly startedAt: number;
}

/** Undefined where there is no such process. */
export async function readProcess(pid: number): Promise<ProcessStat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name in brackets may hold spaces and brackets of its own.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, , group] = fields;
  const startedAt = fields[19];
  if (state === undefined || group === undefined || startedAt === undefined) return undefined;
  return { pid, state, group: Number(group), startedAt: Number(startedAt) };
}

/** Living members of a process group. */
export async function groupMembers(group: number): Promise<ProcessStat[]> {
  const names = await readdir('/proc').catch(() => []);
  const all = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((name) => readProcess(Number(name))));
  return all.filter((stat) => stat !== undefined).filter((stat) => stat.group === group && stat.state !== 'Z');
}

export async function isAlive(known: Pick<ProcessStat, 'pid' | 'startedAt'>): Promise<boolean> {
  const now = await readProcess(known.pid);
  return now !== undefined && now.startedAt === known.startedAt && now.state !== 'Z';
}

/** Sends `signal` to every member; a group that is gone already is no error. */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ESRCH')) throw cause;
  }
}
