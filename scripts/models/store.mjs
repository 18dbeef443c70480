import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../setup/cache.mjs';
import { readStamp, sha256 } from '../setup/hash.mjs';

/**
 * What a pull keeps beside the weights.
 * @typedef {Record<string, { sha256: string, bytes: number }>} Hashes by path
 * @typedef {{ repository: string, commits: Record<string, string>, sources: Record<string, Hashes>, files: Hashes }} Lock
 *   `commits`, `sources`: what was fetched, by repository; `files`: what lies in the folder
 */

/** Where pulled weights lie; every set of models that a server is given has a link into it, there or not yet there. */
export const pulledFolder = (cache) => join(cache, 'pulled');
export const weightsFolder = (cache, { name }) => join(pulledFolder(cache), name);
export const lockPath = (cache, { name }) => join(pulledFolder(cache), `${name}.lock.json`);
/** What has come of a pull that is not complete. */
export const partFolder = (cache, { name }) => join(pulledFolder(cache), `.${name}.part`);

/** @returns {Lock | undefined} of the first pull; it outlives the weights */
export const readLock = (cache, row) => readStamp(lockPath(cache, row));

/** @returns {'installed' | 'begun' | 'absent'} by the names of the files alone */
export function stateOf(cache, row) {
  const files = Object.keys(readLock(cache, row)?.files ?? {});
  const folder = weightsFolder(cache, row);
  if (files.length > 0 && files.every((file) => existsSync(join(folder, file)))) return 'installed';
  return existsSync(partFolder(cache, row)) ? 'begun' : 'absent';
}

/** Paths of all files in a folder, relative to it. */
export async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
    .sort();
}

/**
 * Every file against the hash that the pull pinned.
 * @returns {Promise<{ problems: string[], files: number }>}
 */
export async function verify(cache, row) {
  const lock = readLock(cache, row);
  const folder = weightsFolder(cache, row);
  if (!lock || !existsSync(folder)) return { problems: ['not installed'], files: 0 };
  const problems = [];
  for (const [file, { sha256: pinned }] of Object.entries(lock.files)) {
    if (!existsSync(join(folder, file))) problems.push(`${file} is absent`);
    else if ((await sha256(join(folder, file))) !== pinned) problems.push(`${file} differs from its hash`);
  }
  return { problems, files: Object.keys(lock.files).length };
}

/** Held while weights are pulled or removed. */
export const busyPath = (cache, { name }) => join(pulledFolder(cache), `.${name}.busy`);

/** Removes the weights and what has come of them; the lock stays, so that the next pull brings the same. */
export async function remove(cache, row) {
  const found = [weightsFolder(cache, row), partFolder(cache, row)].filter((folder) => existsSync(folder));
  if (found.length === 0) return false;
  await withLock(busyPath(cache, row), async () => {
    for (const folder of found) await rm(folder, { recursive: true, force: true });
  });
  return true;
}
