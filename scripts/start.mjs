/** `npm start`: set-up as far as captions in English need it, then the server, and behind its page the rest. */
import { join } from 'node:path';
import { describeFailure } from './setup/failure.mjs';
import { fetchLater } from './setup/fetchLater.mjs';
import { launch } from './setup/launch.mjs';
import { prepare } from './setup/prepare.mjs';
import { Progress } from './setup/steps.mjs';

const progress = new Progress();
try {
  const { checkout, node, env, triton, later } = await prepare({ progress, captionsFirst: true });
  if (triton.kind === 'none') {
    progress.note(`· ${triton.why} Calls work; for captions set TRITON_URL to a Triton elsewhere.`);
  }
  launch(node, [join(checkout, 'server', 'main.ts'), ...process.argv.slice(2)], { cwd: checkout, env });
  await fetchLater(later);
} catch (error) {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exit(1); // what else was under way ends with us
}
