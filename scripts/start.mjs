/** `npm start`: set-up, then the server. */
import { join } from 'node:path';
import { describeFailure } from './setup/failure.mjs';
import { launch } from './setup/launch.mjs';
import { prepare } from './setup/prepare.mjs';
import { Progress } from './setup/steps.mjs';

const progress = new Progress();
try {
  const { checkout, node, env, triton } = await prepare({ progress });
  if (triton.kind === 'none') {
    progress.note(`· ${triton.why} Calls work; for captions set TRITON_URL to a Triton elsewhere.`);
  }
  launch(node, [join(checkout, 'server', 'main.ts'), ...process.argv.slice(2)], { cwd: checkout, env });
} catch (error) {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exit(1); // what else was under way ends with us
}
