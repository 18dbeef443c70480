import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  cacheFolder,
  ensureWritable,
  isStale,
  putAtomically,
  requireSpace,
  withLock,
} from '../../../scripts/setup/cache.mjs';
import { hashOf, hashOfTree } from '../../../scripts/setup/hash.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tritone-cache-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the cache', () => {
  it('lies in TRITONE_CACHE_DIR, else in XDG_CACHE_HOME, else in ~/.cache', () => {
    expect(cacheFolder({ TRITONE_CACHE_DIR: '/big', XDG_CACHE_HOME: '/x' }, '/home/me')).toBe('/big');
    expect(cacheFolder({ XDG_CACHE_HOME: '/x' }, '/home/me')).toBe('/x/tritone');
    expect(cacheFolder({}, '/home/me')).toBe('/home/me/.cache/tritone');
  });

  it('is made where its folders are absent, and refused in a sentence where no folder can be', () => {
    ensureWritable(path.join(folder, 'a', 'b'));
    expect(readdirSync(path.join(folder, 'a', 'b'))).toEqual([]);
    writeFileSync(path.join(folder, 'file'), '');
    expect(() => ensureWritable(path.join(folder, 'file', 'cache'))).toThrow(
      /cache folder .* cannot be written \(ENOTDIR/,
    );
  });

  it.skipIf(process.platform !== 'linux')('is not sought for ever under /proc', () => {
    // In a process of its own: a hang must not take the tests along.
    const module = new URL('../../../scripts/setup/cache.mjs', import.meta.url).href;
    const script = `import { ensureWritable } from '${module}'; ensureWritable('/proc/nowhere/tritone');`;
    const options = { timeout: 10_000, encoding: 'utf8' };
    const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], options);
    expect(stderr).toContain('The cache folder /proc/nowhere/tritone cannot be written (ENOENT).');
  });

  it('gets a folder whole or not at all', async () => {
    const target = path.join(folder, 'node', '24');
    const failing = putAtomically(folder, target, async (temp) => {
      writeFileSync(path.join(temp, 'half'), '');
      throw new Error('cut off');
    });
    await expect(failing).rejects.toThrow('cut off');
    expect(existsSync(target)).toBe(false);
    expect(readdirSync(path.join(folder, 'tmp'))).toEqual([]);
    await putAtomically(folder, target, async (temp) => writeFileSync(path.join(temp, 'whole'), ''));
    expect(readdirSync(target)).toEqual(['whole']);
  });

  it('refuses a step for which the disk is too small, before it starts', async () => {
    await expect(requireSpace(folder, 1e9, 'Node')).rejects.toThrow(/has \d+ MB free and Node needs 1000000000 MB\.$/);
  });
});

describe('the lock between two set-ups', () => {
  it('lets one in at a time, in whatever order they end', async () => {
    const lock = path.join(folder, 'a.lock');
    const inside = [];
    let most = 0;
    const enter = (id) =>
      withLock(lock, async () => {
        inside.push(id);
        most = Math.max(most, inside.length);
        await new Promise(setImmediate);
        inside.splice(inside.indexOf(id), 1);
      });
    await Promise.all([enter(1), enter(2), enter(3)]);
    expect(most).toBe(1);
    expect(existsSync(lock)).toBe(false);
  });

  it('is given back when the work fails', async () => {
    const lock = path.join(folder, 'a.lock');
    await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(lock)).toBe(false);
  });

  it('is taken over from a set-up that was killed', async () => {
    const lock = path.join(folder, 'a.lock');
    writeFileSync(lock, JSON.stringify({ pid: 2 ** 22 + 1, host: hostname() }));
    let seen = '';
    await withLock(lock, async () => {
      seen = readFileSync(lock, 'utf8');
    });
    expect(JSON.parse(seen)).toMatchObject({ pid: process.pid });
  });

  it('is not taken from a living one, nor from another machine that still beats', () => {
    const now = 1_000_000;
    const living = { alive: () => true, here: 'a', now };
    const gone = { alive: () => false, here: 'a', now };
    expect(isStale({ pid: 1, host: 'a', beatMs: now - 1000 }, living)).toBe(false);
    expect(isStale({ pid: 1, host: 'a', beatMs: now - 1000 }, gone)).toBe(true);
    expect(isStale({ pid: 1, host: 'b', beatMs: now - 1000 }, gone)).toBe(false);
    expect(isStale({ pid: 1, host: 'b', beatMs: now - 120_000 }, gone)).toBe(true);
  });
});

describe('hashes', () => {
  it('tell apart texts that are the same when joined', () => {
    expect(hashOf('ab', 'c')).not.toBe(hashOf('a', 'bc'));
  });

  it('of a tree change with a content and with a name, not with what is built into it', () => {
    mkdirSync(path.join(folder, 'src', 'dist'), { recursive: true });
    writeFileSync(path.join(folder, 'src', 'a.ts'), '1');
    const before = hashOfTree(folder, ['src', 'absent']);
    writeFileSync(path.join(folder, 'src', 'dist', 'out.js'), 'built');
    expect(hashOfTree(folder, ['src', 'absent'])).toBe(before);
    writeFileSync(path.join(folder, 'src', 'a.ts'), '2');
    const changed = hashOfTree(folder, ['src']);
    writeFileSync(path.join(folder, 'src', 'b.ts'), '2');
    expect(new Set([before, changed, hashOfTree(folder, ['src'])]).size).toBe(3);
  });
});
