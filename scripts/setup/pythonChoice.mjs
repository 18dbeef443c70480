import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { SetupFailure } from './failure.mjs';
import { hashOf, readStamp, writeStamp } from './hash.mjs';
import { run } from './run.mjs';

/** What Triton's stubs, numpy 1.26 and the models' libraries have wheels for in common; newest first. */
export const PYTHON_MINORS = [12, 11, 10];
const PROBE_DEADLINE_MS = 10_000;

const PROBE = `
import glob, importlib.util, json, os, platform, sys, sysconfig
libdir = sysconfig.get_config_var("LIBDIR") or ""
name = "libpython3.%d.so.1.0" % sys.version_info[1]
folders = [libdir, os.path.join(sys.base_prefix, "lib"), *glob.glob("/lib/*-linux-gnu"), *glob.glob("/usr/lib/*-linux-gnu"), "/usr/lib64", "/usr/lib", "/usr/local/lib"]
found = next((os.path.join(d, name) for d in folders if os.path.exists(os.path.join(d, name))), None)
print(json.dumps({
    "executable": os.path.realpath(sys.executable),
    "version": list(sys.version_info[:3]),
    "cpython": platform.python_implementation() == "CPython",
    "venv": all(importlib.util.find_spec(m) is not None for m in ("venv", "ensurepip")),
    "libpython": found,
    "libdir": os.path.dirname(found) if found else libdir,
}))
`;

/**
 * @typedef {{ executable: string, version: [number, number, number], cpython: boolean, venv: boolean,
 *   libpython: string | null, libdir: string }} PythonFacts what one interpreter says of itself
 */

/** Whether Triton's wheel has a stub for it and the libraries have wheels. */
export function isVersionFit({ version: [major, minor], cpython }) {
  return cpython && major === 3 && PYTHON_MINORS.includes(minor);
}

export function isFit(facts) {
  return isVersionFit(facts) && facts.venv && facts.libpython !== null;
}

/**
 * The interpreter that set-up uses, or what has to be installed first.
 * A fit one wins; else the first of a fit version tells which packages are missing; without any, the system's own is asked for.
 * @param {PythonFacts[]} found in order of preference
 * @returns {{ python: PythonFacts } | { needs: string[], of?: PythonFacts }}
 */
export function choosePython(found) {
  const fit = found.find(isFit);
  if (fit) return { python: fit };
  // A distribution's own interpreter is the one that its packages complete.
  const near =
    found.find((facts) => isVersionFit(facts) && facts.executable.startsWith('/usr/bin/')) ?? found.find(isVersionFit);
  if (!near) return { needs: ['python'] };
  const version = `3.${near.version[1]}`;
  const needs = [];
  if (!near.venv) needs.push(`venv ${version}`);
  if (near.libpython === null) needs.push(`libpython ${version}`);
  return { needs, of: near };
}

/** Where a Python that is not the system's keeps its shared library; undefined where the loader finds it without. */
export function libraryFolderOf({ executable, libdir }) {
  return executable.startsWith('/usr/bin/') ? undefined : libdir;
}

/** The sentence for a machine whose Pythons are all unfit. */
export function unfitPython(found) {
  const seen = [...new Set(found.map(({ version }) => version.join('.')))];
  const supported = `3.${PYTHON_MINORS.at(-1)} to 3.${PYTHON_MINORS[0]}`;
  return new SetupFailure(
    `The embedded Triton needs CPython ${supported} and ${seen.length ? `this machine has ${seen.join(', ')}` : 'this machine has none'}.`,
    {
      remedy: `install one (apt-get, pyenv or uv; with its shared library) and set TRITONE_PYTHON to it, or set TRITON_URL to a Triton elsewhere`,
    },
  );
}

/** Interpreters that pyenv and uv keep, whether on PATH or not. */
function keptPythons(home) {
  const roots = [join(home, '.pyenv', 'versions'), join(home, '.local', 'share', 'uv', 'python')];
  return roots.flatMap((root) =>
    existsSync(root) ? readdirSync(root).map((version) => join(root, version, 'bin', 'python3')) : [],
  );
}

/** Where interpreters may lie: TRITONE_PYTHON alone when set, else the system's, what PATH adds, what pyenv and uv keep. */
export function pythonCandidates(env = process.env, home = homedir()) {
  if (env.TRITONE_PYTHON) return [env.TRITONE_PYTHON];
  const names = ['python3', ...PYTHON_MINORS.map((minor) => `python3.${minor}`)];
  const folders = ['/usr/bin', '/usr/local/bin', ...(env.PATH ?? '').split(delimiter).filter(Boolean)];
  const onPath = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [...new Set([...onPath, ...keptPythons(home)])].filter((path) => existsSync(path));
}

/** @returns {Promise<PythonFacts | undefined>} undefined when it does not run (a pyenv shim without its version, say) */
export async function probePython(path) {
  const { code, stdout } = await run(path, ['-I', '-c', PROBE], { deadlineMs: PROBE_DEADLINE_MS });
  if (code !== 0) return undefined;
  try {
    return JSON.parse(stdout);
  } catch {
    return undefined;
  }
}

/** Asks every candidate; each interpreter once, in order of preference. */
export async function findPythons(env = process.env) {
  const answers = await Promise.all(pythonCandidates(env).map(probePython));
  const seen = new Map();
  for (const facts of answers) if (facts && !seen.has(facts.executable)) seen.set(facts.executable, facts);
  return [...seen.values()];
}

function choicePath(cache, env) {
  return join(cache, 'python', `choice-${hashOf(env.TRITONE_PYTHON ?? '', env.PATH ?? '')}.json`);
}

/** The choice of an earlier set-up, for a start within a second; undefined when it no longer stands. */
export function rememberedPython(cache, exists, env = process.env) {
  const facts = readStamp(choicePath(cache, env));
  return facts && exists(facts.executable) && exists(facts.libpython) ? facts : undefined;
}

export function rememberPython(cache, facts, env = process.env) {
  writeStamp(choicePath(cache, env), facts);
}
