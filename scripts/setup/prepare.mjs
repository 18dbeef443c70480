import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, ensureWritable, sweepTemporary } from './cache.mjs';
import { ensureCertificate } from './certificate.mjs';
import { findChromium, noChromium } from './chromium.mjs';
import { ensureDemo } from './demo.mjs';
import { SetupFailure } from './failure.mjs';
import { buildIntoCache, findWorker, isProven } from './mediasoupWorker.mjs';
import { ensureNode24 } from './node24.mjs';
import { ensureNpmDependencies } from './npmDependencies.mjs';
import { isDebianFamily, osRelease, tritonOf } from './platform.mjs';
import { ensurePythonEnvironment, ensurePythonTestEnvironment } from './python.mjs';
import {
  choosePython,
  findPythons,
  libraryFolderOf,
  rememberedPython,
  rememberPython,
  unfitPython,
} from './pythonChoice.mjs';
import { missingSpeechProgram, offerSpeechProgram } from './speechProgram.mjs';
import { ensureSystemPackages, pythonOfRelease } from './systemPackages.mjs';
import { byGroup, ensureWeights, isLater, missingWeights, weightsToFetch, withOwnWeights } from './weights.mjs';

const LOG_LIMIT_BYTES = 5e6;
export const CHECKOUT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** What every step is handed. */
function openContext(progress) {
  const cache = cacheFolder();
  ensureWritable(cache);
  const logs = join(cache, 'logs');
  mkdirSync(logs, { recursive: true });
  const logFile = join(logs, 'setup.log');
  if (!existsSync(logFile) || statSync(logFile).size > LOG_LIMIT_BYTES) writeFileSync(logFile, '');
  return { checkout: CHECKOUT, cache, progress, logFile };
}

/**
 * The interpreter for Triton, when one stands ready; otherwise what to install for it.
 * @returns {Promise<{ python?: object, needs: string[] }>}
 */
async function planPython(cache) {
  const remembered = rememberedPython(cache, existsSync);
  if (remembered) return { python: remembered, needs: [] };
  const found = await findPythons();
  const choice = choosePython(found);
  if (choice.python) {
    rememberPython(cache, choice.python);
    return { python: choice.python, needs: [] };
  }
  const release = osRelease();
  const own = pythonOfRelease(release);
  const completable = choice.of ? choice.of.executable.startsWith('/usr/bin/') : own !== undefined;
  if (process.env.TRITONE_PYTHON || !completable || !isDebianFamily(release)) throw unfitPython(found);
  return { needs: choice.of ? choice.needs : [...choice.needs, `libpython ${own}`] };
}

/** The interpreter after its packages came; a fresh system's may turn out to need one more. */
async function settlePython(context, planned) {
  let { python, needs } = planned;
  for (let round = 0; !python; round++) {
    if (round === 3) throw unfitPython(await findPythons());
    if (round > 0) await ensureSystemPackages({ ...context, needs });
    ({ python, needs } = await planPython(context.cache));
  }
  return python;
}

/**
 * The worker found, when it passes its handshake; else one built here.
 * @returns {Promise<{ path: string, origin: string }>}
 * @throws {SetupFailure}
 */
async function ensureWorker({ worker, ...context }) {
  if (!worker) return buildIntoCache(context);
  const proof = await isProven({ ...context, path: worker.path });
  if (proof.ok) return worker;
  const isPrebuilt = worker.origin === "mediasoup's prebuilt";
  if (!isPrebuilt) {
    const isOurs = worker.origin === 'built here';
    throw new SetupFailure(`The mediasoup worker ${worker.path} fails its DTLS handshake: ${proof.why}.`, {
      remedy: isOurs
        ? `remove ${dirname(worker.path)} and start again`
        : 'set MEDIASOUP_WORKER_BIN to another, or unset it',
    });
  }
  context.progress.note(`· mediasoup's prebuilt worker does not work here (${proof.why}): it will be built`);
  await ensureSystemPackages({ ...context, needs: ['worker-build'] });
  return buildIntoCache(context);
}

/**
 * What the embedded Triton runs on.
 * @returns {Promise<{ environment: string, models: string, later: import('./fetchLater.mjs').Later[] }>}
 * @throws {SetupFailure}
 */
async function ensureInference(context, { captionsFirst }) {
  const environment = await ensurePythonEnvironment(context);
  const { TRITONE_MODELS_DIR: own } = process.env;
  const python = join(environment, 'bin', 'python3');
  const list = weightsToFetch(own);
  const wanted = captionsFirst ? list.filter((weights) => !isLater(weights)) : list;
  const defaults = await ensureWeights({ ...context, python, list, wanted });
  const later = missingWeights(context.cache, list)
    .toSorted(byGroup)
    .map((weights) => ({
      ...weights,
      fetch: (progress) => ensureWeights({ ...context, python, progress, list, wanted: [weights] }),
    }));
  return { environment, models: await withOwnWeights(context.cache, defaults, own), later };
}

/**
 * Everything that the product needs, each step only when it is not done yet.
 * System packages come first and at once, so that a person without root pastes one command.
 * @param {{ progress: import('./steps.mjs').Progress, forTests?: boolean, captionsFirst?: boolean }} options
 *   `captionsFirst`: what captions in English do without is left for `later`
 * @returns {Promise<{ checkout: string, node: string, env: NodeJS.ProcessEnv, triton: object, python?: object,
 *   pythonTools?: string, chromium?: string, demo?: string | Error, later: import('./fetchLater.mjs').Later[] }>}
 *   `env`: for the server
 * @throws {SetupFailure}
 */
export async function prepare({ progress, forTests = false, captionsFirst = false }) {
  const context = openContext(progress);
  const { cache, checkout } = context;
  await sweepTemporary(cache);
  const triton = tritonOf();
  const worker = await findWorker(context);
  const plannedPython = triton.kind === 'embedded' ? await planPython(cache) : undefined;
  const chromium = forTests ? await findChromium() : undefined;
  const needs = [...(plannedPython?.needs ?? [])];
  if (!worker) needs.push('worker-build');
  if (forTests && !chromium) {
    if (osRelease().id === 'ubuntu') throw noChromium();
    needs.push('chromium');
  }
  await ensureSystemPackages({ ...context, needs });
  const python = plannedPython && (await settlePython(context, plannedPython));
  const speech = python ? await missingSpeechProgram(context) : [];
  if (!captionsFirst) await offerSpeechProgram(speech, progress);

  const node = await ensureNode24(context);
  await ensureNpmDependencies({ ...context, node });

  // The compiler is busy while the network is, and the other way round.
  const [provenWorker, { environment, models, later = [] }] = await Promise.all([
    ensureWorker({ ...context, node, worker }),
    python ? ensureInference({ ...context, python }, { captionsFirst }) : {},
  ]);
  const certificate = await ensureCertificate(context);
  const demo = await ensureDemo({ ...context, node }).catch((error) => {
    if (!forTests) throw error;
    return error; // a page that does not build is one failed check, not the end of all tests
  });

  const prepared = {
    ...{ checkout, cache, node, triton, python, demo, later: captionsFirst ? [...speech, ...later] : later },
    env: serverEnvironment({ cache, worker: provenWorker, environment, models, certificate, python }),
  };
  if (!forTests) return prepared;
  const browser = chromium ?? (await findChromium());
  const pythonTools = python && (await ensurePythonTestEnvironment({ ...context, python, environment }));
  return { ...prepared, pythonTools, chromium: browser?.path };
}

/**
 * What set-up found, told to the server. The user's own worker, certificate and weights are among what was found; his own
 * Python environment is taken as it is, together with what he says of its shared library.
 */
export function serverEnvironment({ cache, worker, environment, models, certificate, python }, env = process.env) {
  const found = {
    TRITONE_CACHE_DIR: cache,
    MEDIASOUP_WORKER_BIN: worker?.path,
    ...(!env.TRITONE_PYTHON_ENV && {
      TRITONE_PYTHON_ENV: environment,
      TRITONE_PYTHON_LIBDIR: env.TRITONE_PYTHON_LIBDIR || (python && libraryFolderOf(python)),
    }),
    TRITONE_MODELS_DIR: models,
    TRITONE_TLS_CERT: certificate?.cert,
    TRITONE_TLS_KEY: certificate?.key,
  };
  const told = Object.entries(found).filter(([, value]) => value);
  return { ...env, ...Object.fromEntries(told) };
}
