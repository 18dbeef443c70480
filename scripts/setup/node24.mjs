import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { megabytesOf, putAtomically, requireSpace, withLock } from './cache.mjs';
import { SetupFailure } from './failure.mjs';
import { npmPack } from './registries.mjs';
import { mustRun } from './run.mjs';

/** `await using` and AsyncDisposableStack need 24. */
export const MIN_NODE_MAJOR = 24;
export const NODE_VERSION = '24.21.0';

/** npm's own packages of Node, with the integrity of exactly this version. */
const PACKAGES = {
  'linux-x64': 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  'linux-arm64': 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
};

/** @param {string} version as in process.version */
export function isNodeFit(version) {
  return Number.parseInt(version.replace(/^v/, ''), 10) >= MIN_NODE_MAJOR;
}

const folderOf = (cache) => join(cache, 'node', NODE_VERSION);

/** The Node that an earlier set-up fetched. */
export function fetchedNode(cache) {
  const bin = join(folderOf(cache), 'bin', 'node');
  return existsSync(bin) ? bin : undefined;
}

/**
 * A Node of 24 or newer: this one, or the one fetched into the cache.
 * @returns {Promise<string>} path of the executable
 * @throws {SetupFailure}
 */
export async function ensureNode24({ cache, progress, logFile }) {
  if (isNodeFit(process.version)) return process.execPath;
  const folder = folderOf(cache);
  const bin = join(folder, 'bin', 'node');
  if (existsSync(bin)) return bin;
  const platform = `${process.platform}-${process.arch}`;
  const integrity = PACKAGES[platform];
  if (!integrity) {
    throw new SetupFailure(`Node ${MIN_NODE_MAJOR} or newer is needed and this is ${process.version} on ${platform}.`, {
      remedy: `install Node ${MIN_NODE_MAJOR} from https://nodejs.org and start again`,
    });
  }
  return withLock(join(cache, 'node.lock'), async () => {
    if (existsSync(bin)) return bin;
    return progress.step(
      `Node ${NODE_VERSION}`,
      `this machine has ${process.version}; about 55 MB to fetch`,
      async () => {
        await requireSpace(cache, 400, 'Node');
        await putAtomically(cache, folder, async (temp) => {
          const tarball = await npmPack(`node-${platform}@${NODE_VERSION}`, { into: temp, cache, logFile });
          const actual = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;
          if (actual !== integrity) {
            throw new SetupFailure(`The package of Node ${NODE_VERSION} is not the one expected (its hash differs).`, {
              remedy: `install Node ${MIN_NODE_MAJOR} yourself and start again`,
            });
          }
          await mustRun('Node could not be unpacked', 'tar', ['-xzf', tarball, '-C', temp, 'package/bin/node'], {
            deadlineMs: 60_000,
            logFile,
          });
          await mkdir(join(temp, 'bin'));
          await rename(join(temp, 'package', 'bin', 'node'), join(temp, 'bin', 'node'));
          chmodSync(join(temp, 'bin', 'node'), 0o755);
          for (const left of [tarball, join(temp, 'package')]) await rm(left, { recursive: true, force: true });
          await mustRun(`Node ${NODE_VERSION} does not run here`, join(temp, 'bin', 'node'), ['--version'], {
            deadlineMs: 20_000,
            logFile,
          });
        });
        return { value: bin, megabytes: await megabytesOf(folder) };
      },
    );
  });
}

/** The environment in which `node` and what starts with `#!/usr/bin/env node` is this one. */
export function withNodeFirst(node, env = process.env) {
  return { ...env, PATH: [dirname(node), env.PATH ?? ''].filter(Boolean).join(delimiter) };
}
