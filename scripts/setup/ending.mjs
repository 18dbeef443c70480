import { rmSync } from 'node:fs';

const GRACE_MS = 10_000;

/** Pids of the children, each the leader of its group; they do not see the terminal's Ctrl-C, so we pass it on. */
const running = new Set();
/** Folders that are of no use once this process is gone. */
const leftovers = new Set();
let ending = false;
let watching = false;
/** A program runs in our place: its end is ours, a signal ends only what we still do beside it. */
let handedOver = false;

/** Signals a child's whole group. */
export function killGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

function exitIfDone(code) {
  if (running.size === 0) process.exit(code);
}

/**
 * SIGINT whatever we were sent: pytest tears down at that one alone, and ninja, whose compilers have groups of their own,
 * ends them. Whoever has not ended after the grace, or at the second signal, is killed.
 */
function end(code) {
  if (ending && !handedOver) process.exit(code);
  ending = true;
  for (const pid of running) killGroup(pid, 'SIGINT');
  if (handedOver) return; // whoever ignores it is killed as we exit
  setTimeout(() => process.exit(code), GRACE_MS);
  setInterval(() => exitIfDone(code), 20);
  exitIfDone(code);
}

function watch() {
  if (watching) return;
  watching = true;
  process.on('exit', () => {
    for (const pid of running) killGroup(pid, 'SIGKILL');
    for (const folder of leftovers) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  });
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]) {
    process.on(signal, () => end(code));
  }
}

/** From now on this process ends with the program that runs in its place, whatever signal comes. */
export function handOver() {
  handedOver = true;
  watch();
}

/** True once this process was told to end: nothing new is begun. */
export const isEnding = () => ending;

/** The child, the leader of its group, ends with us. The answer forgets it; call it when nothing of it is left. */
export function endWithUs(child) {
  watch();
  const { pid } = child;
  if (!pid) return () => {}; // it could not be started
  running.add(pid);
  child.once('exit', () => {
    if (ending) killGroup(pid, 'SIGKILL'); // what its leader left behind, and what may hold its pipes open
  });
  return () => running.delete(pid);
}

/** The folder is removed with us. The answer forgets it. */
export function removeWithUs(folder) {
  watch();
  leftovers.add(folder);
  return () => leftovers.delete(folder);
}
