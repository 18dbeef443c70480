import { spawn } from 'node:child_process';
import type { RunFolder } from './runFolder.ts';

/** Kills the group $1 when stdin ends without a word, and takes its shared memory ($2) and its folder ($3) along. */
const SCRIPT = 'read -r _ && exit 0; kill -s KILL -- "-$1"; sleep 0.2; rm -f "/dev/shm/$2"*; rm -rf "$3"';

/**
 * A process group must not outlive us, though we be killed. A shell of its own session holds one end of a pipe that
 * ends with us, however we end. Returns what calls it off, once the group is gone.
 */
export function watchOver(group: number, { sharedMemoryPrefix, dir }: RunFolder): () => void {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'tritone-watchdog', String(group), sharedMemoryPrefix, dir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: '/usr/bin:/bin' },
  });
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  return () => shell.stdin.end('done\n');
}
