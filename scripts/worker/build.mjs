import { copyFile } from 'node:fs/promises';
import { availableParallelism, freemem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashOf, hashOfTree } from '../setup/hash.mjs';
import { mustRun } from '../setup/run.mjs';

const CONFIGURE_DEADLINE_MS = 2 * 60_000;
const BUILD_DEADLINE_MS = 40 * 60_000;
/** The biggest translation units take about this much. */
const BYTES_PER_JOB = 0.7e9;

const here = dirname(fileURLToPath(import.meta.url));

/** Changes when the way in which the worker is built changes. */
export function recipeHash() {
  return hashOf(hashOfTree(here, ['CMakeLists.txt', 'shim']));
}

/** One compiler a core, fewer where memory is short. */
export function jobsFor({ cores, freeBytes }) {
  return Math.max(1, Math.min(cores, Math.floor(freeBytes / BYTES_PER_JOB)));
}

/** How far ninja is: of its last `[120/242] Building …`, in whole percents; undefined where it says none. */
export function percentOf(text) {
  const [, done, all] = [...text.matchAll(/^\[(\d+)\/(\d+)\]/gm)].at(-1) ?? [];
  return done && Math.floor((100 * Number(done)) / Number(all));
}

/**
 * Builds mediasoup-worker from its npm package's own sources against the system's libraries (Debian 12, Ubuntu 22.04).
 * @param {{ checkout: string, folder: string, temp: string, logFile: string, tell?: (percent: number) => void }} options
 *   the binary lands in `folder`
 * @throws {SetupFailure}
 */
export async function buildWorker({ checkout, folder, temp, logFile, tell = () => {} }) {
  const what = "mediasoup's worker could not be built from its sources";
  const worker = join(checkout, 'node_modules', 'mediasoup', 'worker');
  const build = join(temp, 'build');
  const jobs = jobsFor({ cores: availableParallelism(), freeBytes: freemem() });
  await mustRun(what, 'cmake', ['-G', 'Ninja', '-S', here, '-B', build, `-DWORKER=${worker}`], {
    deadlineMs: CONFIGURE_DEADLINE_MS,
    logFile,
  });
  await mustRun(what, 'cmake', ['--build', build, '--parallel', String(jobs)], {
    deadlineMs: BUILD_DEADLINE_MS,
    logFile,
    onText: (text) => {
      const percent = percentOf(text);
      if (percent !== undefined) tell(percent);
    },
  });
  const binary = join(folder, 'mediasoup-worker');
  await copyFile(join(build, 'mediasoup-worker'), binary);
  await mustRun(what, 'strip', [binary], { deadlineMs: CONFIGURE_DEADLINE_MS, logFile });
}
