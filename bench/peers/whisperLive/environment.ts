import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

const PACKAGE = 'whisper-live==0.10.0';
const requirements = path.join(import.meta.dirname, 'requirements.txt');

/**
 * The Python of WhisperLive's own environment, made at the first call (some minutes; with PyPI's torch gigabytes).
 * `TRITONE_PEER_PIP_ARGS` goes to pip, such as `--extra-index-url https://download.pytorch.org/whl/cpu` for a torch
 * without CUDA. @throws Error where pip fails
 */
export async function peerPython(): Promise<string> {
  const folder = path.join(cacheFolder(), 'python-peers', PACKAGE.replace('==', '-'));
  const python = path.join(folder, 'bin', 'python3');
  const complete = path.join(folder, '.complete');
  if (existsSync(complete)) return python;
  process.stderr.write(`making the environment of ${PACKAGE} in ${folder}\n`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.dirname(folder), { recursive: true });
  await run(basePython(), ['-m', 'venv', folder]);
  const extra = (process.env.TRITONE_PEER_PIP_ARGS ?? '').split(' ').filter((argument) => argument !== '');
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary=:all:', ...extra];
  await run(python, [...install, '-r', requirements]);
  await run(python, [...install, '--no-deps', PACKAGE]);
  await run(python, ['-c', 'import whisper_live.server, whisper_live.backend.faster_whisper_backend']);
  await writeFile(complete, '');
  return python;
}

/** The interpreter behind the product's own environment, else the system's. */
function basePython(): string {
  const environment = process.env.TRITONE_PYTHON_ENV;
  return environment === undefined || environment === '' ? 'python3' : path.join(environment, 'bin', 'python3');
}

export function cacheFolder(): string {
  const { TRITONE_CACHE_DIR, XDG_CACHE_HOME } = process.env;
  return TRITONE_CACHE_DIR || path.join(XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'tritone');
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 2, 2] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(code)}`);
}
