/** `npm run doctor`: everything the product needs, found or not, fit or not, and how to mend it. Installs nothing. */
import { checkDisk, checkGpu, checkSharedMemory, checkSystem } from './doctor/machine.mjs';
import { checkPorts, checkUdp } from './doctor/network.mjs';
import {
  checkAllWeights,
  checkCertificate,
  checkChromium,
  checkDependencies,
  checkNode,
  checkPython,
  checkSpeechProgram,
  checkTriton,
  checkWorker,
} from './doctor/provisions.mjs';
import { formatTable, isHealthy } from './doctor/table.mjs';
import { cacheFolder, ensureWritable } from './setup/cache.mjs';
import { describeFailure } from './setup/failure.mjs';
import { tritonOf } from './setup/platform.mjs';
import { CHECKOUT, serverEnvironment } from './setup/prepare.mjs';
import { Progress } from './setup/steps.mjs';
import { ensureWeights, weightsToFetch, withOwnWeights } from './setup/weights.mjs';

if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
  console.log(
    'npm run doctor: everything Tritone needs, found or not, fit or not, and how to mend it. Installs nothing, takes no ' +
      'options.\nIt looks at what `npm start` would use, by the same environment variables. Exit code 1 when something has to be mended.',
  );
  process.exit(0);
}
const cache = cacheFolder();
try {
  ensureWritable(cache);
} catch (error) {
  console.error(describeFailure(error)); // every other row stands on it
  process.exit(1);
}
const { row: nodeRow, node } = checkNode(cache);
const context = { checkout: CHECKOUT, cache, node, progress: new Progress({ quiet: true }) };
const triton = tritonOf();

/** Rows of what the embedded Triton stands on; none of it matters with one elsewhere. */
async function checkEmbedded() {
  const { rows, environment, python } = await checkPython(context);
  rows.push(...(await checkAllWeights(cache)), await checkSpeechProgram(), await checkSharedMemory());
  if (!environment || !node) return rows;
  const { TRITONE_MODELS_DIR: own } = process.env;
  // Linked, not fetched: after an update the weights may be here while no set-up has yet made the folder that names them.
  const defaults = await ensureWeights({ ...context, list: weightsToFetch(own), wanted: [] });
  const models = await withOwnWeights(cache, defaults, own);
  const env = serverEnvironment({ cache, environment, models, python });
  return [...rows, ...(await checkTriton({ ...context, env }))];
}

async function checkInference() {
  if (triton.kind === 'embedded') return checkEmbedded();
  if (triton.kind === 'remote' && node) return checkTriton({ ...context, env: process.env });
  const found = triton.why ?? 'not asked: Node is missing';
  return [{ what: 'Triton', found, fit: 'no', mend: 'set TRITON_URL to a Triton elsewhere' }];
}

const rows = [
  checkSystem(),
  nodeRow,
  checkDependencies(CHECKOUT),
  await checkWorker(context),
  ...(await checkGpu()),
  ...(await checkPorts()),
  ...(await checkUdp()),
  checkCertificate(cache),
  await checkDisk(cache),
  ...(await checkInference()),
  await checkChromium(),
];
console.log(formatTable(rows));
console.log(isHealthy(rows) ? '\nEverything that is needed is fit.' : '\nWhat is marked ✗ has to be mended.');
process.exitCode = isHealthy(rows) ? 0 : 1;
