import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutLock, megabytesOf, requireSpace, withLock } from './cache.mjs';
import { hashOf, readStamp, writeStamp } from './hash.mjs';
import { withNodeFirst } from './node24.mjs';
import { NPM_ARGS, npmCommand } from './registries.mjs';
import { mustRun } from './run.mjs';

const DEADLINE_MS = 10 * 60_000;

function lockOf(path) {
  return readStamp(path)?.packages;
}

/**
 * True when what npm installed (its hidden lock file) is what package-lock.json asks for. Optional packages are for
 * other platforms too and may be absent.
 * @param {Record<string, { version?: string, integrity?: string, optional?: boolean }>} wanted
 * @param {Record<string, { version?: string, integrity?: string }>} installed
 */
export function matchesLock(wanted, installed) {
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true;
    const found = installed[path];
    if (!found) return optional === true;
    return found.version === version && (!integrity || !found.integrity || found.integrity === integrity);
  });
}

export function npmStampPath(checkout) {
  return join(checkout, 'node_modules', '.tritone-stamp.json');
}

/** @returns {boolean} whether node_modules is what package-lock.json says */
export function areDependenciesInstalled(checkout) {
  const lock = hashOf(readFileSync(join(checkout, 'package-lock.json'), 'utf8'));
  if (readStamp(npmStampPath(checkout))?.lock === lock) return true;
  const wanted = lockOf(join(checkout, 'package-lock.json'));
  const installed = lockOf(join(checkout, 'node_modules', '.package-lock.json'));
  if (!wanted || !installed || !matchesLock(wanted, installed)) return false;
  writeStamp(npmStampPath(checkout), { lock });
  return true;
}

/**
 * Installs the exact versions of package-lock.json. No package's script runs: nothing here needs one, and a failing
 * download of mediasoup's must not fail ours.
 */
export async function ensureNpmDependencies({ checkout, node, progress, logFile }) {
  if (areDependenciesInstalled(checkout)) return;
  await withLock(
    checkoutLock(checkout),
    async () => {
      if (areDependenciesInstalled(checkout)) return;
      await progress.step('npm dependencies', 'about 165 MB to fetch', async () => {
        await requireSpace(checkout, 900, 'npm');
        const { command, args } = npmCommand();
        await mustRun(
          'The npm dependencies could not be installed',
          command,
          [...args, 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', ...NPM_ARGS],
          { cwd: checkout, env: withNodeFirst(node), deadlineMs: DEADLINE_MS, fetches: true, logFile },
        );
        writeStamp(npmStampPath(checkout), { lock: hashOf(readFileSync(join(checkout, 'package-lock.json'), 'utf8')) });
        return { value: undefined, megabytes: await megabytesOf(join(checkout, 'node_modules')) };
      });
    },
    () => progress.note('… waiting for another set-up of this checkout'),
  );
}
