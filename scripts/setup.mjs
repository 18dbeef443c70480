/**
 * Set-up alone: `node scripts/setup.mjs [--tests] [--env]`.
 * --tests adds what `npm test` needs; --env prints what was found as shell assignments, for `eval`.
 */
import { delimiter, dirname } from 'node:path';
import { describeFailure } from './setup/failure.mjs';
import { prepare } from './setup/prepare.mjs';
import { Progress } from './setup/steps.mjs';

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

try {
  const { env, node, chromium, pythonTools } = await prepare({
    progress: new Progress(),
    forTests: process.argv.includes('--tests'),
  });
  if (process.argv.includes('--env')) {
    const told = { ...env, CHROMIUM_PATH: chromium, TRITONE_PYTHON_TOOLS: pythonTools };
    for (const [name, value] of Object.entries(told)) {
      if (value && /^(TRITONE_|MEDIASOUP_WORKER_BIN$|CHROMIUM_PATH$)/.test(name))
        console.log(`export ${name}=${quoted(value)}`);
    }
    console.log(`export PATH=${quoted(dirname(node))}${delimiter}"$PATH"`);
  }
} catch (error) {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exit(1); // what else was under way ends with us
}
