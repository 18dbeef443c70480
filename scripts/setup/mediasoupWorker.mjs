import { createWriteStream, existsSync, readFileSync, statSync } from 'node:fs';
import { access, chmod, constants, rm } from 'node:fs/promises';
import { arch, platform, release } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { buildWorker, recipeHash } from '../worker/build.mjs';
import { megabytesOf, putAtomically, requireSpace, temporaryFolder, withLock } from './cache.mjs';
import { SetupFailure } from './failure.mjs';
import { hashOf, readStamp, writeStamp } from './hash.mjs';
import { osRelease } from './platform.mjs';
import { run } from './run.mjs';

const DOWNLOAD_DEADLINE_MS = 60_000;
const VERIFY_DEADLINE_MS = 40_000;
const SMOKE_DEADLINE_MS = 10_000;
/** What a worker answers that was started without MEDIASOUP_VERSION: it loads and runs. */
const WORKER_NEEDS_VERSION_EXIT_CODE = 41;

/** Version of mediasoup in package-lock.json, known before anything is installed. */
export function mediasoupVersion(checkout) {
  return JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8')).packages['node_modules/mediasoup']
    .version;
}

/** Where our own build goes: another system has other libraries. */
function builtPath(cache, version) {
  const { id, version: systemVersion } = osRelease();
  return join(cache, 'worker', `${version}-${id}${systemVersion}-${arch()}-${recipeHash()}`, 'mediasoup-worker');
}

function prebuiltFolder(cache, version) {
  return join(cache, 'worker', `${version}-prebuilt-${platform()}-${arch()}`);
}

/** The address of mediasoup's own binary, as its package's install script forms it. */
export function prebuiltUrl({ version, system, cpu, kernel, base }) {
  const suffix = system === 'linux' ? `-kernel${Number.parseInt(kernel, 10)}` : '';
  const root = base ?? 'https://github.com/versatica/mediasoup/releases/download';
  return `${root}/${version}/mediasoup-worker-${version}-${system}-${cpu}${suffix}.tgz`;
}

async function starts(path) {
  const { code } = await run(path, [], { env: {}, deadlineMs: SMOKE_DEADLINE_MS });
  return code === WORKER_NEEDS_VERSION_EXIT_CODE;
}

/** Node's `fetch` passes proxies by; curl does not, nor what NO_PROXY excepts. @throws when it does not come whole */
async function download(url, path, env) {
  const proxy = env.HTTPS_PROXY || env.https_proxy || env.npm_config_https_proxy;
  if (proxy) {
    const args = ['-fsSL', '--output', path, '--max-time', String(DOWNLOAD_DEADLINE_MS / 1000), url];
    const options = { env: { ...env, https_proxy: proxy }, deadlineMs: DOWNLOAD_DEADLINE_MS };
    const { code, output } = await run('curl', args, options);
    if (code !== 0) throw new Error(output);
    return;
  }
  const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_DEADLINE_MS) });
  if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(path));
}

/** Fetches mediasoup's own binary. @returns {Promise<string | undefined>} its path; undefined when it cannot be had or run */
export async function downloadPrebuilt({ cache, version, env }) {
  const folder = prebuiltFolder(cache, version);
  const url = prebuiltUrl({
    ...{ version, system: platform(), cpu: arch(), kernel: release() },
    base: env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL,
  });
  try {
    await putAtomically(cache, folder, async (temp) => {
      const tarball = join(temp, 'worker.tgz');
      await download(url, tarball, env);
      const { code, output } = await run('tar', ['-xzf', tarball, '-C', temp], { deadlineMs: DOWNLOAD_DEADLINE_MS });
      if (code !== 0) throw new Error(output);
      await rm(tarball);
      const binary = join(temp, 'mediasoup-worker');
      await chmod(binary, 0o755);
      if (!(await starts(binary))) throw new Error('it does not run here');
    });
    return join(folder, 'mediasoup-worker');
  } catch {
    return undefined; // the closed network is the case that our own build is for
  }
}

/**
 * Finds or fetches a worker without building one.
 * @returns {Promise<{ path: string, origin: string } | undefined>}
 * @throws {SetupFailure} when MEDIASOUP_WORKER_BIN names no executable
 */
export async function findWorker({ checkout, cache, progress, env = process.env, fetchPrebuilt = true }) {
  if (env.MEDIASOUP_WORKER_BIN) {
    const path = env.MEDIASOUP_WORKER_BIN;
    await access(path, constants.X_OK).catch((cause) => {
      throw new SetupFailure(`MEDIASOUP_WORKER_BIN names ${path}, which is no executable file.`, {
        remedy: 'correct it, or unset it to use the worker that set-up provides',
        cause,
      });
    });
    return { path, origin: 'MEDIASOUP_WORKER_BIN' };
  }
  const version = mediasoupVersion(checkout);
  const own = join(checkout, 'node_modules', 'mediasoup', 'worker', 'out', 'Release', 'mediasoup-worker');
  const known = [
    { path: own, origin: "mediasoup's package" },
    { path: join(prebuiltFolder(cache, version), 'mediasoup-worker'), origin: "mediasoup's prebuilt" },
    { path: builtPath(cache, version), origin: 'built here' },
  ];
  const found = known.find(({ path }) => existsSync(path));
  if (found || !fetchPrebuilt || env.MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD) return found;
  return progress.step(`mediasoup's prebuilt worker ${version}`, 'about 5 MB to fetch', async () => {
    const path = await downloadPrebuilt({ cache, version, env });
    return path
      ? { value: { path, origin: "mediasoup's prebuilt" }, megabytes: await megabytesOf(path) }
      : { value: undefined, mark: '·', detail: 'out of reach here: it will be built' };
  });
}

/** Key of a proof: this very file, with this version of mediasoup. */
function proofPath(cache, path, version) {
  const { size, mtimeMs } = statSync(path);
  return join(cache, 'worker', 'proofs', `${hashOf(path, String(size), String(mtimeMs), version)}.json`);
}

/**
 * A DTLS handshake and SRTP both ways through the worker.
 * @returns {Promise<{ ok: boolean, why?: string, ms?: number }>}
 */
export async function proveWorker({ checkout, node, path }) {
  const script = join(checkout, 'scripts', 'worker', 'verify.mjs');
  const { stdout, output, timedOut } = await run(node, [script, path], {
    cwd: checkout,
    deadlineMs: VERIFY_DEADLINE_MS,
  });
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  } catch {
    const why = timedOut ? 'no answer within its deadline' : (output.trim().split('\n').at(-1) ?? 'no answer');
    return { ok: false, why };
  }
}

/** As `proveWorker`, remembered next to the binary's cache. */
export async function isProven({ cache, checkout, node, path }) {
  const version = mediasoupVersion(checkout);
  const stamp = proofPath(cache, path, version);
  if (readStamp(stamp)?.ok) return { ok: true };
  const proof = await proveWorker({ checkout, node, path });
  if (proof.ok) writeStamp(stamp, { ...proof, path, version });
  return proof;
}

/**
 * Builds the worker into the cache and proves it.
 * @returns {Promise<{ path: string, origin: string }>}
 * @throws {SetupFailure}
 */
export async function buildIntoCache({ checkout, cache, node, progress, logFile }) {
  const version = mediasoupVersion(checkout);
  const path = builtPath(cache, version);
  const built = { path, origin: 'built here' };
  return withLock(
    join(cache, 'worker.lock'),
    async () => {
      if (existsSync(path)) return built;
      return progress.step(
        `mediasoup's worker ${version}`,
        'built from its sources, about 5 minutes on 2 cores',
        async (tell) => {
          await requireSpace(cache, 500, "the build of mediasoup's worker");
          const temp = await temporaryFolder(cache);
          try {
            await putAtomically(cache, join(path, '..'), async (folder) => {
              await buildWorker({ checkout, folder, temp, logFile, tell });
              const proof = await proveWorker({ checkout, node, path: join(folder, 'mediasoup-worker') });
              if (!proof.ok) {
                throw new SetupFailure(
                  `mediasoup's worker was built here and fails its DTLS handshake: ${proof.why}.`,
                  {
                    remedy: 'set MEDIASOUP_WORKER_BIN to a worker that works and start again',
                    log: logFile,
                  },
                );
              }
            });
          } finally {
            await rm(temp, { recursive: true, force: true });
          }
          return { value: built, megabytes: await megabytesOf(path) };
        },
      );
    },
    () => progress.note("… waiting for another set-up that builds mediasoup's worker"),
  );
}
