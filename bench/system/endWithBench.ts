import type { ChildProcess } from 'node:child_process';

/** A bench that is interrupted takes what it started along. */
export function endWithBench(child: ChildProcess): void {
  const end = () => child.kill();
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
}
