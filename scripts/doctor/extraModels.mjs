import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WEIGHTS } from '../setup/weightsList.mjs';

const WEIGHTS_PARAMETER = /key:\s*"weights"\s*value\s*\{\s*string_value:\s*"([^"]+)"/;

/**
 * Models whose weights no set-up fetches, for their size or licence, and that the user has not brought: that they do not
 * run is as it should be.
 * @param {string} repository the folder of models
 * @param {string} weightsFolder the server's, by name
 * @returns {Set<string>} names of models
 */
export function extraModels(repository, weightsFolder, { env = process.env, list = WEIGHTS } = {}) {
  const there = new Set([...list.map(({ name }) => name), ...namesIn(weightsFolder)]);
  const extra = namesIn(repository).filter((model) => {
    if (env[`TRITONE_${model.toUpperCase()}_WEIGHTS`]) return false; // chosen: it ought to run
    const names = weightsOf(join(repository, model, 'config.pbtxt'));
    return names.length > 0 && !names.some((name) => there.has(name));
  });
  return new Set(extra);
}

/** "name", or a name a language: "bn=one,hi=other". */
function weightsOf(config) {
  const value = read(config).match(WEIGHTS_PARAMETER)?.[1] ?? '';
  return value
    .split(',')
    .map((part) => part.slice(part.indexOf('=') + 1).trim())
    .filter(Boolean);
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // no model's folder
  }
}

/** Without links that lead nowhere: so a set of models names what can be pulled and was not. */
function namesIn(folder) {
  try {
    return readdirSync(folder).filter((name) => existsSync(join(folder, name)));
  } catch {
    return []; // not set up yet
  }
}
