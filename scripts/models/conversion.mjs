import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SetupFailure } from '../setup/failure.mjs';
import { findEnvironment } from '../setup/python.mjs';
import { choosePython, findPythons } from '../setup/pythonChoice.mjs';
import { withCacheTmp } from '../setup/registries.mjs';
import { mustRun } from '../setup/run.mjs';

const CONVERSION_DEADLINE_MS = 30 * 60_000;

/** The models' own environment has what every conversion needs: numpy, ctranslate2. */
async function modelsPython({ checkout, cache }) {
  const { python } = choosePython(await findPythons());
  const environment = process.env.TRITONE_PYTHON_ENV || (python && findEnvironment({ checkout, cache, python }));
  if (environment && existsSync(join(environment, 'bin', 'python3'))) return join(environment, 'bin', 'python3');
  throw new SetupFailure("What was fetched has to be converted, and the models' Python environment is not there yet.", {
    remedy: 'run npm start once (or set TRITONE_PYTHON_ENV), then pull again: nothing is fetched twice',
  });
}

/** The arguments of each conversion's module in python/tritone_models, from the paths of the row's files in their order. */
const CONVERSIONS = {
  wav2lip: ([checkpoint], result) => ['tritone_models.wav2lip.export', '--accept-non-commercial', checkpoint, result],
  whisper: ([checkpoint, config, generation, tokenizer], result) => [
    ...['tritone_models.conversion.whisper', '--checkpoint', checkpoint, '--config', config],
    ...['--generation', generation, '--tokenizer', tokenizer, result],
  ],
};

/**
 * Makes the weights of what was fetched.
 * @param {{ parts: { from: string, repository: string }[], pathOf: (part: object) => string, result: string,
 *   checkout: string, cache: string, logFile: string }} options `result`: the folder to write into
 */
export async function convert(row, { parts, pathOf, result, checkout, cache, logFile }) {
  const [module, ...args] = CONVERSIONS[row.conversion](parts.map(pathOf), result);
  const python = await modelsPython({ checkout, cache });
  mkdirSync(result, { recursive: true });
  await mustRun(`${row.what} could not be converted`, python, ['-m', module, ...args], {
    cwd: join(checkout, 'python'),
    // In order: what went wrong is the last line, not what Python had kept back until its end.
    env: { ...withCacheTmp(cache), PYTHONUNBUFFERED: '1' },
    deadlineMs: CONVERSION_DEADLINE_MS,
    logFile,
  });
}
