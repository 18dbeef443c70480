import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { TritonAway } from '../triton.types.ts';

const DEADLINE_MS = 5000;

/**
 * A stub whose libpython is missing lets Triton hang for ever, so the loader is asked first.
 * @throws TritonAway naming the package that brings what is missing
 */
export async function checkStub(stub: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { stdout } = await promisify(execFile)('ldd', [stub], { env, timeout: DEADLINE_MS }).catch((cause: unknown) => {
    throw new TritonAway('its Python stub cannot be read on this system', { cause });
  });
  const missing = missingLibraries(stdout);
  if (missing.length > 0) throw new TritonAway(`${missing.join(', ')} missing; ${remedy(missing)}`);
}

/** Names from ldd's `libx.so.1 => not found`. */
export function missingLibraries(lddOutput: string): string[] {
  return [...lddOutput.matchAll(/^\s*(\S+) => not found/gm)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

function remedy(missing: readonly string[]): string {
  const versions = missing.flatMap((name) => /^libpython(\d+\.\d+)\.so/.exec(name)?.[1] ?? []);
  const packages = versions.map((version) => `libpython${version}`);
  return packages.length > 0 ? `install it with: apt-get install ${packages.join(' ')}` : 'npm run doctor says more';
}
