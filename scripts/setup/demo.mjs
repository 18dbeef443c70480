import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkoutLock, megabytesOf, requireSpace, withLock } from './cache.mjs';
import { hashOf, hashOfTree, readStamp, writeStamp } from './hash.mjs';
import { withNodeFirst } from './node24.mjs';
import { mustRun } from './run.mjs';

const BUILD_DEADLINE_MS = 5 * 60_000;
const SOURCES = ['client', 'shared', 'package-lock.json'];
const STAMP = '.sources.json';

/**
 * Builds the demo's page when its sources changed; a page being served is replaced whole.
 * @returns {Promise<string | undefined>} folder of the built page; undefined when this checkout has no demo
 */
export async function ensureDemo({ checkout, node, progress, logFile }) {
  const demo = join(checkout, 'client', 'demo');
  const config = join(demo, 'vite.config.ts');
  if (!existsSync(config)) return undefined;
  const dist = join(demo, 'dist');
  const sources = hashOf(hashOfTree(checkout, SOURCES));
  const isBuilt = () => readStamp(join(dist, STAMP))?.sources === sources;
  if (isBuilt()) return dist;
  await withLock(checkoutLock(checkout), async () => {
    if (isBuilt()) return;
    await progress.step("The demo's page", '', async () => {
      await requireSpace(checkout, 50, "the demo's page");
      const next = join(demo, 'node_modules', '.next-dist');
      const last = join(demo, 'node_modules', '.last-dist');
      const vite = join(checkout, 'node_modules', 'vite', 'bin', 'vite.js');
      await mustRun(
        "The demo's page could not be built",
        node,
        [vite, 'build', '--config', config, '--outDir', next, '--emptyOutDir', '--logLevel', 'warn'],
        { cwd: demo, env: withNodeFirst(node), deadlineMs: BUILD_DEADLINE_MS, logFile },
      );
      writeStamp(join(next, STAMP), { sources });
      await rm(last, { recursive: true, force: true });
      if (existsSync(dist)) await rename(dist, last);
      await rename(next, dist);
      await rm(last, { recursive: true, force: true });
      return { value: undefined, megabytes: await megabytesOf(dist) };
    });
  });
  return dist;
}
