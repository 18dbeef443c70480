import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { megabytesOf, requireSpace, withLock } from '../setup/cache.mjs';
import { SetupFailure } from '../setup/failure.mjs';
import { COMPLETE, environmentFolder, makeEnvironment, pinOf, requirementsOf } from '../setup/python.mjs';
import { findPythons, isVersionFit, unfitPython } from '../setup/pythonChoice.mjs';
import { run } from '../setup/run.mjs';

const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), 'hub.py');
const LIST_DEADLINE_MS = 5 * 60_000;
const FETCH_DEADLINE_MS = 24 * 3600_000;
const PATIENCE_SECONDS = '30';

/** What the person asked for, in the words of the failures. */
const endpoint = () => process.env.HF_ENDPOINT || 'https://huggingface.co';

const FAILURES = {
  network: (what) => ({
    sentence: `The hub (${endpoint()}) did not answer, or broke off, while ${what} was fetched.`,
    remedy:
      'check the connection or proxy (HTTPS_PROXY), or set HF_ENDPOINT to a mirror; the same command goes on where it ended',
  }),
  certificate: () => ({
    sentence: `The TLS certificate of ${endpoint()} is not trusted here (an intercepting proxy?).`,
    remedy: "point REQUESTS_CA_BUNDLE to your network's CA file and try again",
  }),
  login: (what) => ({
    sentence: `The hub does not give ${what} without a valid token (401).`,
    remedy: 'set HF_TOKEN to a token of your account on the hub; where that does not help, it was renamed or withdrawn',
  }),
  gated: (what) => ({
    sentence: `The hub gives ${what} only to those who asked its authors (gated).`,
    remedy: `accept their terms on ${endpoint()}, set HF_TOKEN to a token of that account and try again`,
  }),
  'no-repository': (what) => ({
    sentence: `The hub does not have ${what} (404).`,
    remedy: 'it may have been renamed or withdrawn: correct scripts/models/manifest.mjs',
  }),
  'no-revision': (what) => ({
    sentence: `The hub does not have this revision of ${what} (404).`,
    remedy:
      'its history may have been rewritten: npm run models -- remove NAME, remove NAME.lock.json, and pull what is there now',
  }),
  'no-file': (what) => ({
    sentence: `The hub does not have ${what} (404).`,
    remedy: 'it may have been renamed or withdrawn: correct scripts/models/manifest.mjs',
  }),
  offline: () => ({
    sentence: 'HF_HUB_OFFLINE forbids asking the hub.',
    remedy: 'unset it (and TRANSFORMERS_OFFLINE) and try again',
  }),
  disk: (what) => ({
    sentence: `The disk became full while ${what} was fetched.`,
    remedy: 'free some space; the same command goes on where it ended',
  }),
  broken: (what) => ({
    sentence: `What the hub sends of ${what} has another size than it says.`,
    remedy: 'try again; if it stays so, the mirror or proxy in between is broken',
  }),
};

/** The environment with the hub's client alone; made at the first pull. @returns {Promise<string>} its interpreter */
export async function ensureHubClient({ checkout, cache, progress, logFile }) {
  const found = await findPythons();
  const python = found.find((facts) => isVersionFit(facts) && facts.venv);
  if (!python) throw unfitPython(found);
  const requirements = requirementsOf(checkout, 'requirements-hub.txt');
  const folder = environmentFolder(cache, 'hub-client', python, [requirements]);
  const interpreter = join(folder, 'bin', 'python3');
  if (existsSync(join(folder, COMPLETE))) return interpreter;
  return withLock(join(cache, 'hub-client.lock'), async () => {
    if (existsSync(join(folder, COMPLETE))) return interpreter;
    const version = pinOf(readFileSync(requirements, 'utf8'), 'huggingface-hub');
    return progress.step(`The hub's client (huggingface_hub ${version})`, 'about 3 MB to fetch', async () => {
      await requireSpace(cache, 100, "the hub's client");
      const what = "The Python environment with the hub's client";
      await makeEnvironment({ folder, python, requirements, what, cache, logFile });
      return { value: interpreter, megabytes: await megabytesOf(folder) };
    });
  });
}

/**
 * @param {string} what as in "The hub does not have `what`."
 * @throws {SetupFailure}
 */
async function ask(python, args, { what, deadlineMs, logFile }) {
  const env = {
    HF_HUB_ETAG_TIMEOUT: PATIENCE_SECONDS,
    HF_HUB_DOWNLOAD_TIMEOUT: PATIENCE_SECONDS,
    ...process.env,
    HF_HUB_DISABLE_PROGRESS_BARS: '1',
    HF_HUB_DISABLE_TELEMETRY: '1',
    HF_HUB_DISABLE_XET: '1',
  };
  const { stdout, output, timedOut } = await run(python, ['-I', PROGRAM, ...args], { env, deadlineMs, logFile });
  let answer;
  try {
    answer = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  } catch {
    answer = { error: timedOut ? 'network' : 'other', text: output.trim().split('\n').at(-1) || 'no answer' };
  }
  if (!answer.error) return answer;
  const { sentence, remedy } = FAILURES[answer.error]?.(what) ?? {
    sentence: `${what} could not be fetched from the hub: ${answer.text}`.replace(/([^.])$/, '$1.'),
  };
  throw new SetupFailure(sentence, { remedy, log: logFile });
}

/**
 * Speaks with the hub by its own client.
 * @param {{ python: string, logFile: string }} options `python`: of `ensureHubClient`
 */
export function openHub({ python, logFile }) {
  return {
    /** @returns {Promise<{ commit: string, files: { path: string, bytes: number, sha256: string | null }[] }>} */
    list: (repository, revision) =>
      ask(python, ['list', repository, revision], { what: repository, deadlineMs: LIST_DEADLINE_MS, logFile }),
    /** One file into `folder` under its path; goes on where an earlier attempt ended. */
    fetch: (repository, commit, folder, file) =>
      ask(python, ['fetch', repository, commit, folder, file], {
        ...{ what: `${file} of ${repository}`, deadlineMs: FETCH_DEADLINE_MS, logFile },
      }),
  };
}
