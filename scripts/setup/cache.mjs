import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { lstat, mkdtemp, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { homedir, hostname, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeWithUs } from './ending.mjs';
import { SetupFailure } from './failure.mjs';
import { hashOf } from './hash.mjs';

const HEARTBEAT_MS = 5000;
const STALE_MS = 60_000;
const LOCK_DEADLINE_MS = 30 * 60_000;
const OLD_TEMP_MS = 24 * 3600_000;

/** The product's cache folder, absolute: TRITONE_CACHE_DIR, else XDG_CACHE_HOME/tritone, else ~/.cache/tritone. */
export function cacheFolder(env = process.env, home = homedir()) {
  if (env.TRITONE_CACHE_DIR) return resolve(env.TRITONE_CACHE_DIR);
  return join(env.XDG_CACHE_HOME ? resolve(env.XDG_CACHE_HOME) : join(home, '.cache'), 'tritone');
}

/** Folder by folder: where none can ever be made, as under /proc, Node's `recursive` tries for ever. */
function makeFolder(folder) {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (cause) {
    if (cause.code !== 'EEXIST') throw cause; // another set-up was faster
  }
}

/** Makes the folder. @throws {SetupFailure} when it may not be written. */
export function ensureWritable(folder) {
  try {
    makeFolder(folder);
    const probe = join(folder, `.write-${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (cause) {
    if (cause.code === 'ENOSPC') throw diskFull(folder, 0, 1, 'set-up');
    throw new SetupFailure(`The cache folder ${folder} cannot be written (${cause.code}).`, {
      remedy: 'set TRITONE_CACHE_DIR to a folder of your own and start again',
      cause,
    });
  }
}

function diskFull(folder, freeMb, needMb, what) {
  return new SetupFailure(`The disk of ${folder} has ${freeMb} MB free and ${what} needs ${needMb} MB.`, {
    remedy: 'free some space, or set TRITONE_CACHE_DIR to a folder on a bigger disk',
  });
}

export async function freeMegabytes(folder) {
  const { bavail, bsize } = await statfs(folder);
  return Math.floor((bavail * bsize) / 1e6);
}

/** @throws {SetupFailure} when fewer than `needMb` are free where `folder` lies. */
export async function requireSpace(folder, needMb, what) {
  const freeMb = await freeMegabytes(folder);
  if (freeMb < needMb) throw diskFull(folder, freeMb, needMb, what);
}

/**
 * Fills `target` all or not at all: `build` writes into a fresh folder beside it, which is then renamed.
 * @param {string} cache the cache folder, on the same file system as `target`
 * @param {(folder: string) => Promise<void>} build
 * @param {number} [mode] of the folder
 */
export async function putAtomically(cache, target, build, mode = 0o755) {
  const temp = await temporaryFolder(cache);
  try {
    await build(temp);
    chmodSync(temp, mode);
    mkdirSync(dirname(target), { recursive: true });
    await rm(target, { recursive: true, force: true });
    await rename(temp, target);
  } finally {
    await rm(temp, { recursive: true, force: true });
  }
}

/** An empty folder inside the cache, so that big files are never copied between disks. Gone when this process ends. */
export async function temporaryFolder(cache) {
  const root = join(cache, 'tmp');
  mkdirSync(root, { recursive: true });
  const folder = await mkdtemp(join(root, `part-${process.pid}-${hashOf(hostname())}-`));
  removeWithUs(folder);
  return folder;
}

/** Removes what killed set-ups left behind: older than a day, or made on this machine by a process that is gone. */
export async function sweepTemporary(cache) {
  const root = join(cache, 'tmp');
  for (const name of existsSync(root) ? await readdir(root) : []) {
    const age = Date.now() - (await stat(join(root, name)).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    const [, pid, host] = /^part-(\d+)-(\w+)-/.exec(name) ?? [];
    const isOrphan = host === hashOf(hostname()) && !isAlive(Number(pid));
    if (age <= OLD_TEMP_MS && !isOrphan) continue;
    await rm(join(root, name), { recursive: true, force: true }).catch(() => {}); // another user's: theirs to remove
  }
}

/** Size on disk of a file or folder, MB. */
export async function megabytesOf(path) {
  return Math.round((await bytesOf(path)) / 1e6);
}

async function bytesOf(path) {
  const entry = await lstat(path).catch(() => undefined);
  if (!entry) return 0;
  if (!entry.isDirectory()) return entry.size;
  const names = await readdir(path);
  const sizes = await Promise.all(names.map((name) => bytesOf(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Lock of what lies in a checkout; outside it, for `npm ci` empties its folders. */
export function checkoutLock(checkout) {
  return join(tmpdir(), `tritone-setup-${process.getuid?.() ?? 0}-${hashOf(checkout)}.lock`);
}

function holderOf(lock) {
  try {
    return { ...JSON.parse(readFileSync(lock, 'utf8')), beatMs: statSync(lock).mtimeMs };
  } catch {
    return undefined; // given back meanwhile, or being written right now
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** True when the holder of a lock died: its process is gone, or (another machine or container) it stopped beating. */
export function isStale({ pid, host, beatMs }, { now = Date.now(), here = hostname(), alive = isAlive } = {}) {
  if (now - beatMs > STALE_MS) return true;
  return host === here && !alive(pid);
}

/**
 * Runs `work` while no other set-up does the same.
 * @param {string} lock path of the lock file
 * @param {() => void} onWait told once when another set-up is ahead
 */
export async function withLock(lock, work, onWait = () => {}) {
  mkdirSync(dirname(lock), { recursive: true });
  const deadline = Date.now() + LOCK_DEADLINE_MS;
  const content = JSON.stringify({ pid: process.pid, host: hostname() });
  let tookOver = false;
  for (let waits = 0; ; waits++) {
    try {
      writeFileSync(lock, content, { flag: 'wx' });
      if (!tookOver) break;
      await sleep(100); // two may have found the same stale lock; the last to write holds it
      if (holderOf(lock)?.pid === process.pid) break;
    } catch (cause) {
      if (cause.code !== 'EEXIST') throw cause;
    }
    const holder = holderOf(lock);
    if (holder && isStale(holder)) {
      await rm(lock, { force: true });
      tookOver = true;
      continue;
    }
    if (Date.now() > deadline) {
      throw new SetupFailure('Another set-up has been running for more than half an hour.', {
        remedy: `end it, or, if there is none, remove ${lock}`,
      });
    }
    if (waits === 0) onWait();
    await sleep(250);
  }
  const beat = setInterval(() => {
    try {
      utimesSync(lock, new Date(), new Date());
    } catch {
      // Taken away by hand: the work goes on, as it would without a lock.
    }
  }, HEARTBEAT_MS);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rm(lock, { force: true });
  }
}
