import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { SetupFailure } from './failure.mjs';
import { run } from './run.mjs';

const PROBE_DEADLINE_MS = 20_000;
const NAMES = ['chromium', 'google-chrome-stable', 'google-chrome', 'chromium-browser'];

/** Browsers that `npx playwright-core install chromium` has fetched. */
function fetchedByPlaywright(home) {
  const root = join(home, '.cache', 'ms-playwright');
  const names = existsSync(root) ? readdirSync(root).filter((name) => name.startsWith('chromium-')) : [];
  return names.flatMap((name) => ['chrome-linux', 'chrome-linux64'].map((sub) => join(root, name, sub, 'chrome')));
}

/** Where a browser for the end-to-end tests may lie: CHROMIUM_PATH alone when set. */
export function chromiumCandidates(env = process.env, home = homedir()) {
  if (env.CHROMIUM_PATH) return [env.CHROMIUM_PATH];
  const folders = [...(env.PATH ?? '').split(delimiter).filter(Boolean), '/usr/bin', '/snap/bin'];
  const installed = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...new Set([...installed, ...fetchedByPlaywright(home)])];
}

/**
 * A Chromium that runs (Ubuntu's package is a script that asks for snap and fails).
 * @returns {Promise<{ path: string, version: string } | undefined>}
 * @throws {SetupFailure} when CHROMIUM_PATH is wrong
 */
export async function findChromium(env = process.env) {
  for (const path of chromiumCandidates(env)) {
    if (!existsSync(path)) continue;
    const { code, stdout } = await run(path, ['--version'], { deadlineMs: PROBE_DEADLINE_MS, env });
    if (code === 0) return { path, version: stdout.trim().replace(/\s+built on.*$/, '') };
  }
  if (env.CHROMIUM_PATH) {
    throw new SetupFailure(`CHROMIUM_PATH names ${env.CHROMIUM_PATH}, which does not run.`, {
      remedy: "correct it, or unset it to use the system's",
    });
  }
  return undefined;
}

/** Ubuntu has it as a snap alone, which neither containers nor the tests can start. */
export function noChromium() {
  return new SetupFailure('The end-to-end tests need a Chromium and none that runs was found.', {
    remedy: 'npx playwright-core install --with-deps chromium, or install Google Chrome, or set CHROMIUM_PATH',
  });
}
