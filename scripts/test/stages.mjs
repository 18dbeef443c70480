import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeWithUs } from '../setup/ending.mjs';
import { describeFailure } from '../setup/failure.mjs';
import { withNodeFirst } from '../setup/node24.mjs';
import { run } from '../setup/run.mjs';
import { sum, tallyOfPytest, tallyOfVitest } from './results.mjs';

const CHECK_DEADLINE_MS = 5 * 60_000;
const PYTEST_DEADLINE_MS = 10 * 60_000;
const VITEST_DEADLINE_MS = { unit: 5 * 60_000, integration: 20 * 60_000, e2e: 30 * 60_000 };

/** @typedef {Awaited<ReturnType<typeof import('../setup/prepare.mjs').prepare>>} Prepared */

const show = (text) => process.stdout.write(text);

/** A check passes or fails as a whole and counts one; only a failing one shows its output. */
async function check(name, command, args, { cwd, env }) {
  const { code, output } = await run(command, args, { cwd, env, deadlineMs: CHECK_DEADLINE_MS });
  show(`${code === 0 ? '✓' : '✗'} ${name}\n`);
  if (code !== 0) show(`${output}\n`);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

const tool = (checkout, ...path) => join(checkout, 'node_modules', ...path);

/** Formatter, linter with the design's arrows, type checks. @param {Prepared} prepared */
async function checks({ checkout, node, env, demo }) {
  const options = { cwd: checkout, env: withNodeFirst(node, env) };
  const biome = tool(checkout, '@biomejs', 'biome', 'bin', 'biome');
  const tsc = tool(checkout, 'typescript', 'bin', 'tsc');
  const tallies = [
    await check('formatter', node, [biome, 'format', '.'], options),
    await check('linter', node, [biome, 'check', '--formatter-enabled=false', '--error-on-warnings', '.'], options),
    await check('types of server, tests and benches', node, [tsc, '--noEmit'], options),
  ];
  if (existsSync(join(checkout, 'client', 'tsconfig.json'))) {
    tallies.push(await check('types of the client', node, [tsc, '--noEmit', '-p', 'client'], options));
    const project = join('test', 'unit', 'sdk');
    tallies.push(await check("types of the client's tests", node, [tsc, '--noEmit', '-p', project], options));
  }
  if (demo) {
    const isBroken = demo instanceof Error;
    show(isBroken ? `${describeFailure(demo)}\n` : "✓ build of the demo's page\n");
    tallies.push({ passed: isBroken ? 0 : 1, failed: isBroken ? 1 : 0, skipped: 0 });
  }
  return sum(tallies);
}

/** ruff and pytest. Without the embedded Triton (another system) there is no Python here, and this is skipped. */
async function python({ checkout, pythonTools, env }) {
  if (!pythonTools) {
    show('· skipped: no Python environment on this system\n');
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const cwd = join(checkout, 'python');
  // Triton takes every folder in model-repository/ for a model: no caches there.
  const options = { cwd, env: { ...env, PYTHONDONTWRITEBYTECODE: '1', RUFF_NO_CACHE: 'true' } };
  const ruff = join(pythonTools, 'bin', 'ruff');
  const config = ['--config', join(cwd, 'pyproject.toml')];
  const sources = [cwd, join(checkout, 'model-repository')];
  const tallies = [
    await check('formatter of Python', ruff, ['format', '--check', ...config, ...sources], options),
    await check('linter of Python', ruff, ['check', '--quiet', ...config, ...sources], options),
  ];
  const { code, output } = await run(
    join(pythonTools, 'bin', 'python3'),
    ['-m', 'pytest', '-p', 'no:cacheprovider', '--color=no'],
    { ...options, deadlineMs: PYTEST_DEADLINE_MS, onText: show },
  );
  tallies.push(tallyOfPytest(output, code));
  return sum(tallies);
}

/** One project of vitest.config.ts. */
function vitest(project) {
  return async ({ checkout, node, env, chromium, pythonTools }, filters) => {
    const folder = mkdtempSync(join(tmpdir(), 'tritone-test-'));
    const forget = removeWithUs(folder);
    const report = join(folder, 'report.json');
    try {
      const { code } = await run(
        node,
        [
          ...[tool(checkout, 'vitest', 'vitest.mjs'), 'run', '--project', project, '--passWithNoTests'],
          ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters],
        ],
        {
          cwd: checkout,
          env: {
            ...withNodeFirst(node, env),
            ...(chromium && { CHROMIUM_PATH: chromium }),
            ...(pythonTools && { TRITONE_PYTHON_TOOLS: pythonTools }),
          },
          deadlineMs: VITEST_DEADLINE_MS[project],
          onText: show,
        },
      );
      return tallyOfVitest(existsSync(report) ? readFileSync(report, 'utf8') : undefined, code);
    } finally {
      rmSync(folder, { recursive: true, force: true });
      forget();
    }
  };
}

/** In the order in which they run: what tells most for the least time comes first. */
export const STAGES = {
  checks,
  python,
  unit: vitest('unit'),
  integration: vitest('integration'),
  e2e: vitest('e2e'),
};
