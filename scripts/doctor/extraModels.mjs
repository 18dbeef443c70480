import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WEIGHTS } from '../setup/weightsList.mjs';

const PARAMETER = /key:\s*"(\w+)"\s*value\s*\{\s*string_value:\s*"([^"]+)"/g;

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

/**
 * "name", or a name a language: "bn=one,hi=other". A model of several directions has no `weights`, but one parameter each;
 * beside `weights`, those others are of helpers that a model does without.
 */
function weightsOf(config) {
  const parameters = new Map([...read(config).matchAll(PARAMETER)].map(([, key, value]) => [key, value]));
  const own = parameters.get('weights');
  const values = own ? [own] : [...parameters].filter(([key]) => key.endsWith('_weights')).map(([, value]) => value);
  return values
    .flatMap((value) => value.split(','))
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
