/** `npm run models -- list | pull NAME | verify [NAME] | remove NAME`: weights that do not come by themselves. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureHubClient, openHub } from './models/hubClient.mjs';
import { formatList } from './models/list.mjs';
import { MODELS } from './models/manifest.mjs';
import { isInstalled, pull, requireAcceptance } from './models/pull.mjs';
import { lockPath, remove, stateOf, verify, weightsFolder } from './models/store.mjs';
import { cacheFolder, ensureWritable } from './setup/cache.mjs';
import { describeFailure } from './setup/failure.mjs';
import { Progress } from './setup/steps.mjs';

const USAGE = `npm run models -- list                          what can be pulled, and what is here
npm run models -- pull NAME [--accept-licence]  fetches it from the hub (HF_ENDPOINT, HF_TOKEN); goes on where it was broken off
npm run models -- verify [NAME]                 holds every file against the hash that its first pull pinned
npm run models -- remove NAME                   removes it; what is pinned stays`;

const checkout = join(dirname(fileURLToPath(import.meta.url)), '..');
const words = process.argv.slice(2);
const [command, name] = words.filter((word) => !word.startsWith('--'));
const options = words.filter((word) => word.startsWith('--'));
const cache = cacheFolder();
const progress = new Progress();
const note = (text) => progress.note(text);

async function pullRow(row) {
  requireAcceptance(row, { accepted: options.includes('--accept-licence'), note });
  if (isInstalled(cache, row)) {
    console.log(`${row.name} is here already: ${weightsFolder(cache, row)}`);
    return;
  }
  ensureWritable(cache);
  const logFile = join(cache, 'logs', 'models.log');
  mkdirSync(dirname(logFile), { recursive: true });
  const python = await ensureHubClient({ checkout, cache, progress, logFile });
  const pulled = await pull(row, { checkout, cache, hub: openHub({ python, logFile }), logFile, progress });
  console.log(`${row.name} is here: ${pulled.folder}`);
  const known = `${pulled.confirmed} of ${pulled.files} files have the hash that was known before they came`;
  console.log(
    pulled.pinned
      ? `This first pull pinned commit and hashes in ${lockPath(cache, row)}; ${known} (the hub names one for large files).`
      : `Commit and hashes are those of the first pull (${lockPath(cache, row)}).`,
  );
  console.log('A server that runs takes it up within seconds.');
}

async function verifyRows(rows) {
  for (const row of rows) {
    const { problems, files } = await verify(cache, row);
    if (problems.length === 0) console.log(`✓ ${row.name}: ${files} files as pinned`);
    else {
      console.log(`✗ ${row.name}: ${problems.join(', ')}`);
      if (problems[0] !== 'not installed') {
        console.log(`  Mend it: npm run models -- remove ${row.name}, then pull ${row.name}`);
      }
      process.exitCode = 1;
    }
  }
  if (rows.length === 0) console.log('Nothing is installed.');
}

async function removeRow(row) {
  const removed = await remove(cache, row);
  console.log(
    removed
      ? `${row.name} was removed; a server that has loaded it goes on until it ends.`
      : `${row.name} was not here.`,
  );
}

const found = MODELS.find((row) => row.name === name);
const isUnknown = options.some((option) => option !== '--accept-licence');
const installed = () => MODELS.filter((row) => stateOf(cache, row) === 'installed');
const commands = {
  list: !name && (() => console.log(formatList(cache))),
  pull: found && (() => pullRow(found)),
  verify: (found || !name) && (() => verifyRows(found ? [found] : installed())),
  remove: found && (() => removeRow(found)),
};
try {
  if (commands[command] && !isUnknown) await commands[command]();
  else if (name && !found && command in commands) {
    console.error(`There is no ${name}; there are: ${MODELS.map((row) => row.name).join(', ')}`);
    process.exitCode = 2;
  } else {
    console.error(USAGE);
    process.exitCode = 2;
  }
} catch (error) {
  console.error(describeFailure(error));
  process.exit(1);
}
