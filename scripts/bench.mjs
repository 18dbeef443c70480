/** `npm run bench -- NAME [ARGUMENTS]`: set-up, then bench/NAME.ts. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describeFailure } from './setup/failure.mjs';
import { launch } from './setup/launch.mjs';
import { CHECKOUT, prepare } from './setup/prepare.mjs';
import { Progress } from './setup/steps.mjs';

const [name = '', ...rest] = process.argv.slice(2);
const script = join(CHECKOUT, 'bench', `${name}.ts`);
if (!/^[\w-]+$/.test(name) || !existsSync(script)) {
  const names = readdirSync(join(CHECKOUT, 'bench'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -3));
  process.stderr.write(`npm run bench -- NAME, where NAME is one of: ${names.join(', ')}\n`);
  process.exitCode = 2;
} else {
  try {
    const { node, env } = await prepare({ progress: new Progress() });
    launch(node, [script, ...rest], { cwd: CHECKOUT, env });
  } catch (error) {
    process.stderr.write(`${describeFailure(error)}\n`);
    process.exit(1); // what else was under way ends with us
  }
}
