import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { megabytesOf, requireSpace, withLock } from './cache.mjs';
import { SetupFailure } from './failure.mjs';
import { hashOf } from './hash.mjs';
import { PIP_ARGS, withCacheTmp } from './registries.mjs';
import { mustRun, run } from './run.mjs';

const VENV_DEADLINE_MS = 2 * 60_000;
const PIP_DEADLINE_MS = 15 * 60_000;
const LDD_DEADLINE_MS = 10_000;
const IMPORT_DEADLINE_MS = 60_000;
export const COMPLETE = '.complete';

export const requirementsOf = (checkout, name) => join(checkout, 'python', name);

/** The pin of a package in a requirements file: `nvidia-pytriton==0.7.0 \`. */
export function pinOf(requirements, name) {
  return new RegExp(`^${name}==([^\\s;\\\\]+)`, 'm').exec(requirements)?.[1];
}

/**
 * Folder of a virtual environment, by interpreter and exact requirements.
 * @param {string[]} files requirement files, absolute
 */
export function environmentFolder(cache, kind, python, files) {
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  const key = hashOf(python.executable, python.version.join('.'), ...texts);
  return join(cache, kind, `${python.version.slice(0, 2).join('.')}-${key}`);
}

const mainFolder = ({ checkout, cache, python }) =>
  environmentFolder(cache, 'python', python, [requirementsOf(checkout, 'requirements.txt')]);

/** The whole environment of an earlier set-up for this interpreter and these pins. */
export function findEnvironment(options) {
  const folder = mainFolder(options);
  return existsSync(join(folder, COMPLETE)) ? folder : undefined;
}

export function sitePackages(environment) {
  const lib = join(environment, 'lib');
  const name = readdirSync(lib).find((entry) => entry.startsWith('python3.'));
  return join(lib, name ?? '', 'site-packages');
}

/** A virtual environment does not survive being moved, so it is made in place; a last file says that it is whole. */
export async function makeEnvironment({ folder, python, requirements, what, cache, logFile, before, after }) {
  await rm(folder, { recursive: true, force: true });
  await mustRun(`${what} could not be made`, python.executable, ['-m', 'venv', folder], {
    deadlineMs: VENV_DEADLINE_MS,
    logFile,
  });
  await before?.();
  await mustRun(
    `The packages of ${what.replace(/^The /, 'the ')} could not be installed`,
    join(folder, 'bin', 'python3'),
    [
      ...['-m', 'pip', 'install', ...PIP_ARGS, '--quiet', '--no-deps', '--only-binary=:all:', '--require-hashes'],
      ...['-r', requirements],
    ],
    { env: withCacheTmp(cache), deadlineMs: PIP_DEADLINE_MS, fetches: true, logFile },
  );
  await after?.();
  writeFileSync(join(folder, COMPLETE), '');
}

/** Triton's Python stub of this environment. */
export function stubPath(environment, python) {
  const stubs = join(sitePackages(environment), 'pytriton', 'tritonserver', 'python_backend_stubs');
  return join(stubs, python.version.slice(0, 2).join('.'), 'triton_python_backend_stub');
}

/** The libraries that a program lacks, as `ldd` tells. */
export function missingLibraries(lddOutput) {
  return [...lddOutput.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1]);
}

/**
 * What Triton's stub lacks here. A stub without its libpython never answers and the server waits for ever.
 * @returns {Promise<string[]>} sonames
 */
export async function missingForStub(environment, python) {
  const libs = join(sitePackages(environment), 'nvidia_pytriton.libs');
  const env = {
    ...process.env,
    LD_LIBRARY_PATH: [libs, python.libdir, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
  };
  const { output } = await run('ldd', [stubPath(environment, python)], { env, deadlineMs: LDD_DEADLINE_MS });
  return missingLibraries(output);
}

/**
 * The virtual environment with Triton and the models' libraries, complete and importable.
 * @param {{ checkout: string, cache: string, python: import('./pythonChoice.mjs').PythonFacts,
 *   progress: import('./steps.mjs').Progress, logFile: string }} options
 * @returns {Promise<string>} its folder
 * @throws {SetupFailure}
 */
export async function ensurePythonEnvironment({ checkout, cache, python, progress, logFile }) {
  const requirements = requirementsOf(checkout, 'requirements.txt');
  const folder = mainFolder({ checkout, cache, python });
  if (existsSync(join(folder, COMPLETE))) return folder;
  const version = pinOf(readFileSync(requirements, 'utf8'), 'nvidia-pytriton');
  const what = 'The Python environment with Triton';
  return withLock(
    join(cache, 'python.lock'),
    async () => {
      if (existsSync(join(folder, COMPLETE))) return folder;
      const title = `Python ${python.version.join('.')} environment with Triton (nvidia-pytriton ${version})`;
      return progress.step(title, 'about 220 MB to fetch', async () => {
        await requireSpace(cache, 1000, 'the Python environment');
        const after = async () => {
          const missing = await missingForStub(folder, python);
          if (missing.length > 0) {
            throw new SetupFailure(`Triton's Python stub cannot be started: ${missing.join(', ')} is missing.`, {
              remedy: `install the library (Debian's libpython3.${python.version[1]}) and start again`,
            });
          }
          await mustRun(
            "The models' libraries do not load",
            join(folder, 'bin', 'python3'),
            [
              '-c',
              'import numpy, onnxruntime, ctranslate2, tokenizers, sentencepiece, cv2, ai_edge_litert.interpreter',
            ],
            { deadlineMs: IMPORT_DEADLINE_MS, logFile },
          );
        };
        await makeEnvironment({ folder, python, requirements, what, cache, logFile, after });
        return { value: folder, megabytes: await megabytesOf(folder) };
      });
    },
    () => progress.note('… waiting for another set-up that makes the Python environment'),
  );
}

/** The same with pytest and ruff, for the tests of python/ and model-repository/; it sees the first one's packages. */
export async function ensurePythonTestEnvironment({ checkout, cache, python, environment, progress, logFile }) {
  const requirements = requirementsOf(checkout, 'requirements-dev.txt');
  const folder = environmentFolder(cache, 'python-dev', python, [
    requirements,
    requirementsOf(checkout, 'requirements.txt'),
  ]);
  if (existsSync(join(folder, COMPLETE))) return folder;
  return withLock(join(cache, 'python.lock'), async () => {
    if (existsSync(join(folder, COMPLETE))) return folder;
    return progress.step('Python tools for the tests', 'pytest and ruff, about 13 MB to fetch', async () => {
      await requireSpace(cache, 200, 'the Python tools');
      const what = 'The Python environment for the tests';
      const before = async () => {
        writeFileSync(join(sitePackages(folder), 'tritone-environment.pth'), `${sitePackages(environment)}\n`);
      };
      await makeEnvironment({ folder, python, requirements, what, cache, logFile, before });
      return { value: folder, megabytes: await megabytesOf(folder) };
    });
  });
}
