import { TritoneError } from '../../shared/errors.ts';
import type { Clock } from '../streams/clock.ts';
import type { Log } from '../streams/log.ts';
import { CANARY_MODEL } from './canary.ts';
import type { TritonClient } from './tritonClient.ts';

/** Importing a library on a busy machine takes seconds, reading a large model from a slow disk a minute. */
const LOAD_DEADLINE_MS = 180_000;

/** Which models there are is known before they load, what they can do only after: those that caption a call go by name. */
const CAPTIONS_FIRST = ['moonshine', 'whisper_live'];

/** As models say that their weights or their program are not here: no fault, they are optional. */
export const NOT_INSTALLED = /\w+MissingError: (.+)/;

export interface LoadModelsOptions {
  readonly client: TritonClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Loaded first, in this order: what was in use before a restart. */
  readonly preferred: readonly string[];
  readonly onLoaded: () => Promise<void>;
}

/**
 * Loads every model of the repository, one after another, so that the first is of use while the last still loads.
 * One that fails says why in Triton's index, and the rest go on. Never rejects.
 */
export async function loadModels(options: LoadModelsOptions): Promise<void> {
  const { client, clock, log, signal, preferred, onLoaded } = options;
  const order = [CANARY_MODEL, ...preferred, ...CAPTIONS_FIRST];
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const index = await client.repositoryIndex().catch(() => []);
  const names = index
    .filter((entry) => entry.state !== 'READY')
    .map((entry) => entry.name)
    .toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  const load = async (model: string): Promise<void> => {
    if (signal.aborted) return;
    const startedAtMs = clock.nowMs();
    try {
      await client.loadModel(model, LOAD_DEADLINE_MS);
      log.info({ model, loadedInMs: Math.round(clock.nowMs() - startedAtMs) }, 'model loaded');
    } catch (cause) {
      if (signal.aborted) return;
      const { code, message } = TritoneError.from(cause, 'inference.failed');
      const missing = NOT_INSTALLED.exec(message)?.[1];
      if (missing === undefined) log.warn({ model, code, reason: message }, 'model not loaded');
      else log.info({ model, missing }, 'model is not installed');
    }
    await onLoaded();
  };
  // The canary costs next to nothing: it loads beside the first that is of use.
  const beside = names[0] === CANARY_MODEL ? load(CANARY_MODEL) : undefined;
  for (const model of names) if (model !== CANARY_MODEL || beside === undefined) await load(model);
  await beside;
}
