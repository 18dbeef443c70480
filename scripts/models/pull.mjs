import { copyFileSync, existsSync, linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { megabytesOf, requireSpace, withLock } from '../setup/cache.mjs';
import { SetupFailure } from '../setup/failure.mjs';
import { readStamp, sha256, writeStamp } from '../setup/hash.mjs';
import { convert } from './conversion.mjs';
import { busyPath, filesIn, lockPath, partFolder, pulledFolder, readLock, stateOf, weightsFolder } from './store.mjs';

/** Beside what is fetched: hub client's notes, licence, lock. */
const MARGIN_MEGABYTES = 20;
const TELL_EVERY_MS = 1000;

/** @typedef {import('./manifest.mjs').HubWeights} HubWeights */

/** @throws {SetupFailure} before anything is fetched */
export function requireAcceptance(row, { accepted, note }) {
  note(`· ${row.what}: ${row.licence}`);
  if (!row.nonCommercial) return;
  note(`  ${row.terms}`);
  if (accepted) return;
  throw new SetupFailure(
    `Nothing was fetched: the licence of ${row.name} forbids commercial use and has to be accepted.`,
    {
      remedy: `read it above, and where you can keep it: npm run models -- pull ${row.name} --accept-licence`,
    },
  );
}

const repositoryOf = (row, file) => file.repository ?? row.repository;

/** The row's files by repository, at the commits that an earlier or broken-off pull has pinned. */
async function plan(row, { hub, pinned, begun }) {
  const parts = [];
  for (const repository of new Set(row.files.map((file) => repositoryOf(row, file)))) {
    const files = row.files.filter((file) => repositoryOf(row, file) === repository);
    const revision = pinned?.commits[repository] ?? begun?.[repository] ?? files[0].revision ?? row.revision;
    const listing = await hub.list(repository, revision);
    for (const file of files) {
      const found = listing.files.find(({ path }) => path === file.from);
      if (!found) {
        throw new SetupFailure(`The hub does not have ${file.from} of ${repository} (404).`, {
          remedy: 'it may have been renamed or withdrawn: correct scripts/models/manifest.mjs',
        });
      }
      const expected = file.sha256 ?? pinned?.sources[repository]?.[file.from]?.sha256 ?? found.sha256 ?? undefined;
      parts.push({ ...file, repository, commit: listing.commit, bytes: found.bytes, expected });
    }
  }
  return parts;
}

const sourceFolder = (part, repository) => join(part, 'source', repository.replace('/', '--'));

async function requireRoom(row, { cache, part, parts }) {
  const come = await megabytesOf(join(part, 'source'));
  const whole = parts.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  const rest = Math.max(0, Math.ceil(whole) - come);
  await requireSpace(cache, rest + (row.resultMegabytes ?? 0) + MARGIN_MEGABYTES, `the rest of ${row.name}`);
}

/** Every file fetched and held against its hash; one that differs is removed. @returns {Promise<import('./store.mjs').Lock['sources']>} */
async function fetchParts(row, { hub, part, parts, tell }) {
  const whole = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  const timer = setInterval(async () => {
    const come = (await megabytesOf(join(part, 'source'))) * 1e6;
    tell(Math.min(99, Math.floor((100 * come) / Math.max(1, whole))));
  }, TELL_EVERY_MS);
  const sources = {};
  try {
    for (const { repository, commit, from, expected } of parts) {
      const folder = sourceFolder(part, repository);
      const path = join(folder, from);
      // What came whole before is not asked for again.
      let hash = existsSync(path) ? await sha256(path) : undefined;
      if (!hash || (expected && hash !== expected)) {
        await rm(path, { force: true });
        mkdirSync(folder, { recursive: true });
        await hub.fetch(repository, commit, folder, from);
        hash = await sha256(path);
      }
      if (expected && hash !== expected) {
        await rm(path, { force: true });
        throw new SetupFailure(
          `${from} of ${repository} is not the file expected (its hash differs); it was removed.`,
          {
            remedy: `pull ${row.name} again; if it stays so, the mirror or proxy in between serves something else`,
          },
        );
      }
      sources[repository] = { ...sources[repository], [from]: { sha256: hash, bytes: (await stat(path)).size } };
    }
  } finally {
    clearInterval(timer);
  }
  return sources;
}

/** The folder as the model wants it; the sources stay until it is whole. */
async function assemble(row, { part, parts, checkout, cache, logFile }) {
  const result = join(part, 'result');
  await rm(result, { recursive: true, force: true });
  mkdirSync(result, { recursive: true });
  if (row.conversion) {
    await convert(row, {
      checkout,
      cache,
      logFile,
      result,
      pathOf: ({ from, repository }) => join(sourceFolder(part, repository), from),
      parts,
    });
  } else {
    for (const { from, to = from, repository } of parts) {
      const path = join(result, to);
      mkdirSync(dirname(path), { recursive: true });
      putFile(join(sourceFolder(part, repository), from), path);
    }
  }
  const sources = [...new Set(parts.map(({ repository, commit }) => `${repository} at ${commit}`))].join(', ');
  writeFileSync(
    join(result, 'LICENSE'),
    `${row.what}\nLicence: ${row.licence}\nSource: ${sources}\n${row.terms ? `${row.terms}\n` : ''}`,
  );
  return result;
}

function putFile(from, to) {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to); // a file system without hard links
  }
}

async function hashesOf(folder) {
  const hashes = {};
  for (const file of await filesIn(folder)) {
    const path = join(folder, file);
    hashes[file] = { sha256: await sha256(path), bytes: (await stat(path)).size };
  }
  return hashes;
}

/**
 * Pulls the weights of a row: all or not at all, and going on where an earlier pull was broken off. A server that runs finds
 * them by itself.
 * @param {HubWeights} row
 * @param {{ checkout: string, cache: string, hub: ReturnType<typeof import('./hubClient.mjs').openHub>, logFile: string,
 *   progress: import('../setup/steps.mjs').Progress }} options
 * @returns {Promise<{ folder: string, pinned: boolean, confirmed: number, files: number }>} `pinned`: this pull was the first;
 *   `confirmed`: files whose hash was known before
 * @throws {SetupFailure}
 */
export function pull(row, { checkout, cache, hub, logFile, progress }) {
  mkdirSync(pulledFolder(cache), { recursive: true });
  const folder = weightsFolder(cache, row);
  const part = partFolder(cache, row);
  const work = async () => {
    const pinned = readLock(cache, row);
    const beginning = join(part, 'commits.json');
    const parts = await plan(row, { hub, pinned, begun: readStamp(beginning) });
    const commits = Object.fromEntries(parts.map(({ repository, commit }) => [repository, commit]));
    await requireRoom(row, { cache, part, parts });
    writeStamp(beginning, commits);
    const megabytes = Math.round(parts.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6);
    return progress.step(row.what, `${megabytes} MB from ${row.repository}`, async (tell) => {
      const sources = await fetchParts(row, { hub, part, parts, tell });
      const result = await assemble(row, { part, parts, checkout, cache, logFile });
      const files = await hashesOf(result);
      await rm(folder, { recursive: true, force: true });
      writeStamp(lockPath(cache, row), { repository: row.repository, commits, sources, files });
      await rename(result, folder);
      await rm(part, { recursive: true, force: true });
      const confirmed = parts.filter(({ expected }) => expected).length;
      const value = { folder, pinned: !pinned, confirmed, files: parts.length };
      return { value, megabytes: await megabytesOf(folder) };
    });
  };
  return withLock(busyPath(cache, row), work, () => progress.note(`… waiting for another pull of ${row.name}`));
}

export const isInstalled = (cache, row) => stateOf(cache, row) === 'installed';
