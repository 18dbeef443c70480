import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCertificate } from '../setup/certificate.mjs';
import { findChromium } from '../setup/chromium.mjs';
import { SetupFailure } from '../setup/failure.mjs';
import { findWorker, mediasoupVersion, proveWorker } from '../setup/mediasoupWorker.mjs';
import { fetchedNode, isNodeFit, MIN_NODE_MAJOR, NODE_VERSION } from '../setup/node24.mjs';
import { areDependenciesInstalled } from '../setup/npmDependencies.mjs';
import { osRelease } from '../setup/platform.mjs';
import { findEnvironment, missingForStub, pinOf } from '../setup/python.mjs';
import { choosePython, findPythons, unfitPython } from '../setup/pythonChoice.mjs';
import { run } from '../setup/run.mjs';
import { SPEECH_PROGRAM, speechProgramVersion } from '../setup/speechProgram.mjs';
import { installCommand, packagesFor } from '../setup/systemPackages.mjs';
import { checkWeights, missingWeights, weightsToFetch } from '../setup/weights.mjs';
import { WEIGHTS } from '../setup/weightsList.mjs';
import { extraModels } from './extraModels.mjs';

const TRITON_DEADLINE_MS = 120_000;
const SETUP = 'npm start fetches it';
const EXTRA = 'optional; docs/models.md says how to add them';

/** @returns {{ row: import('./table.mjs').Row, node: string | undefined }} the Node that runs the server */
export function checkNode(cache) {
  const what = `Node ${MIN_NODE_MAJOR} or newer`;
  if (isNodeFit(process.version)) return { row: { what, found: process.version, fit: 'yes' }, node: process.execPath };
  const fetched = fetchedNode(cache);
  const found = `${process.version} here${fetched ? `, v${NODE_VERSION} in the cache` : ''}`;
  return { row: fetched ? { what, found, fit: 'yes' } : { what, found, fit: 'no', mend: SETUP }, node: fetched };
}

/** @returns {import('./table.mjs').Row} */
export function checkDependencies(checkout) {
  const what = 'npm dependencies';
  return areDependenciesInstalled(checkout)
    ? { what, found: 'as package-lock.json says', fit: 'yes' }
    : { what, found: 'absent or of other versions', fit: 'no', mend: 'npm ci --ignore-scripts (npm start does it)' };
}

/** A fresh DTLS handshake and SRTP both ways. @returns {Promise<import('./table.mjs').Row>} */
export async function checkWorker(context) {
  const what = "mediasoup's worker";
  const version = mediasoupVersion(context.checkout);
  try {
    const worker = await findWorker({ ...context, fetchPrebuilt: false });
    if (!worker) return { what, found: `${version} is absent`, fit: 'no', mend: 'npm start fetches or builds it' };
    if (!context.node || !areDependenciesInstalled(context.checkout)) {
      return { what, found: `${version}, ${worker.origin}, not tried`, fit: 'no', mend: 'npm start, then again' };
    }
    const proof = await proveWorker({ ...context, path: worker.path });
    return proof.ok
      ? { what, found: `${version}, ${worker.origin}; DTLS and SRTP work (${proof.ms} ms)`, fit: 'yes' }
      : {
          what,
          found: `${version}, ${worker.origin}: ${proof.why}`,
          fit: 'no',
          mend: `remove ${worker.path} and npm start`,
        };
  } catch (error) {
    return failed(what, error);
  }
}

function failed(what, error) {
  if (!(error instanceof SetupFailure)) throw error;
  return { what, found: error.message, fit: 'no', mend: error.remedy };
}

/** @returns {Promise<{ rows: import('./table.mjs').Row[], environment?: string, python?: object }>} */
export async function checkPython({ checkout, cache }) {
  const what = 'Python with its shared library';
  const found = await findPythons();
  const choice = choosePython(found);
  if (!choice.python) {
    if (!choice.of) return { rows: [failed(what, unfitPython(found))] };
    const mend = installCommand(packagesFor(choice.needs, osRelease()));
    const lacks = choice.needs.map((need) => need.split(' ')[0]).join(' and ');
    return { rows: [{ what, found: `${choice.of.version.join('.')} lacks ${lacks}`, fit: 'no', mend }] };
  }
  const { python } = choice;
  const row = { what, found: `${python.version.join('.')} (${python.executable}), ${python.libpython}`, fit: 'yes' };
  const packages = 'Python environment with Triton';
  const environment = findEnvironment({ checkout, cache, python });
  if (!environment) return { rows: [row, { what: packages, found: 'absent', fit: 'no', mend: SETUP }] };
  const missing = await missingForStub(environment, python);
  const version = pinOf(readFileSync(join(checkout, 'python', 'requirements.txt'), 'utf8'), 'nvidia-pytriton');
  if (missing.length > 0) {
    const lacking = `its stub lacks ${missing.join(', ')}`;
    return { rows: [row, { what: packages, found: lacking, fit: 'no', mend: 'install the package that holds it' }] };
  }
  return {
    rows: [row, { what: packages, found: `nvidia-pytriton ${version}, stub loads`, fit: 'yes' }],
    environment,
    python,
  };
}

/** @returns {Promise<import('./table.mjs').Row>} */
export async function checkSpeechProgram() {
  const what = `${SPEECH_PROGRAM} for voices`;
  const version = await speechProgramVersion();
  if (version !== undefined) return { what, found: version, fit: 'yes' };
  return { what, found: 'absent: no voice speaks', fit: 'absent', mend: installCommand([SPEECH_PROGRAM]) };
}

/** Every file against its pinned hash. @returns {Promise<import('./table.mjs').Row[]>} */
export async function checkAllWeights(cache) {
  const { TRITONE_MODELS_DIR: own } = process.env;
  const ours = weightsToFetch(own);
  const results = await checkWeights(cache, ours);
  const yours = WEIGHTS.filter((weights) => !ours.includes(weights)).map(({ name }) => ({
    ...{ what: `Weights: ${name}`, found: `yours, in ${own}`, fit: 'yes' },
  }));
  const rows = results.map(({ name, problem }) => {
    const { version } = WEIGHTS.find((weights) => weights.name === name);
    const what = `Weights: ${name}`;
    if (!problem) return { what, found: `${version}, hashes as pinned`, fit: 'yes' };
    const isAbsent = missingWeights(cache, ours).some((weights) => weights.name === name);
    const mend = isAbsent ? SETUP : `remove ${join(cache, 'models', name)} and npm start`;
    return { what, found: problem, fit: 'no', mend };
  });
  return [...rows, ...yours];
}

/**
 * Starts Triton as the server does (or asks TRITON_URL's) and waits for an answer of every model.
 * @returns {Promise<import('./table.mjs').Row[]>}
 */
export async function checkTriton({ checkout, node, env }) {
  const what = 'Triton by an inference';
  const script = join(checkout, 'scripts', 'doctor', 'askTriton.mjs');
  const { stdout, output } = await run(node, [script], { cwd: checkout, env, deadlineMs: TRITON_DEADLINE_MS });
  let answer;
  try {
    answer = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  } catch {
    return [
      { what, found: output.trim().split('\n').at(-1) || 'no answer', fit: 'no', mend: 'npm start -- and see its log' },
    ];
  }
  const where = env.TRITON_URL ? env.TRITON_URL : 'embedded';
  const mend = env.TRITON_URL ? 'see the log of that Triton' : 'LOG_LEVEL=debug npm start shows what it says';
  if (!answer.ready) return [{ what, found: `${where}: ${answer.reason}`, fit: 'no', mend }];
  const extra = extraModels(join(checkout, 'model-repository'), env.TRITONE_MODELS_DIR);
  return [
    { what, found: `${where}, answers after ${(answer.ms / 1000).toFixed(1)} s`, fit: 'yes' },
    ...answer.models.map((model) =>
      modelRow(model, {
        mend,
        isElsewhere: Boolean(env.TRITON_URL),
        isExtra: !env.TRITON_URL && extra.has(model.name),
      }),
    ),
  ];
}

/**
 * A Triton elsewhere may serve other people too: what of theirs is not ready is no fault here. Nor is an extra model (see
 * `extraModels`).
 */
export function modelRow({ name, capability, state, reason }, { mend, isElsewhere = false, isExtra = false }) {
  const found = `${capability ?? 'none of ours'}, ${state}${reason ? `: ${reason}` : ''}`;
  const what = `Model: ${name}`;
  if (state === 'ready') return { what, found, fit: 'yes' };
  if (isExtra) return { what, found: 'its weights are not installed', fit: 'absent', mend: EXTRA };
  if (isElsewhere && !capability) return { what, found, fit: 'absent' };
  return { what, found, fit: 'no', mend };
}

/** @returns {import('./table.mjs').Row} */
export function checkCertificate(cache) {
  const what = 'Certificate for https';
  try {
    const files = findCertificate({ cache });
    if (!files || !existsSync(files.cert)) return { what, found: 'absent', fit: 'no', mend: 'npm start generates it' };
    const certificate = new X509Certificate(readFileSync(files.cert));
    const found = `until ${certificate.validTo}, ${files.own ? 'yours' : 'generated'}`;
    const isOver = Date.parse(certificate.validTo) < Date.now();
    return isOver ? { what, found, fit: 'no', mend: 'renew it' } : { what, found, fit: 'yes' };
  } catch (error) {
    return failed(what, error);
  }
}

/** Only the tests need one. @returns {Promise<import('./table.mjs').Row>} */
export async function checkChromium() {
  const what = 'Chromium (for npm test)';
  try {
    const chromium = await findChromium();
    if (chromium) return { what, found: `${chromium.version} (${chromium.path})`, fit: 'yes' };
    return { what, found: 'absent', fit: 'absent', mend: 'npm test installs it as root; else set CHROMIUM_PATH' };
  } catch (error) {
    return failed(what, error);
  }
}
