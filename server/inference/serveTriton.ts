import type { Clock } from '../streams/clock.ts';
import type { Log } from '../streams/log.ts';
import type { Histogram } from '../streams/metrics.ts';
import { onAbort } from '../streams/onAbort.ts';
import { sleep } from '../streams/sleep.ts';
import { CANARY_MODEL } from './canary.ts';
import type { Catalogue } from './catalogue.ts';
import type { LifeSigns } from './lifeSigns.ts';
import { loadModels } from './loadModels.ts';
import { ModelWatch } from './modelWatch.ts';
import { TritonAway, type TritonLife } from './triton.types.ts';
import type { TritonClient } from './tritonClient.ts';
import type { Wake } from './wake.ts';

const LOOK_INTERVAL_MS = 2000;
const READY_POLL_MS = 50;

export interface ServeTritonOptions {
  readonly triton: TritonLife;
  readonly client: TritonClient;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
  readonly canaryMs: Histogram;
  readonly signs: LifeSigns;
  /** Ends a pause between two looks. */
  readonly wake: Wake;
  /** Models to load first. */
  readonly preferred: readonly string[];
  /** Ends it all. */
  readonly signal: AbortSignal;
  /** The first model answers, or none ever will. */
  readonly onReady: () => void;
}

/**
 * One Triton from its first answer to its last: waits for it, loads its models where it is ours, and looks at it every
 * two seconds. Ends only by throwing, `signal`'s reason where that aborts.
 * @throws TritonAway where it died or is sick, TritoneError where it does not answer
 */
export async function serveTriton(options: ServeTritonOptions): Promise<never> {
  const ending = new AbortController();
  const { triton, signal } = options;
  const forgetOwner = onAbort(signal, () => ending.abort(signal.reason));
  void triton.died.then((reason) => ending.abort(new TritonAway(reason)));
  try {
    return await keepLooking({ ...options, signal: ending.signal });
  } catch (cause) {
    ending.signal.throwIfAborted(); // the death itself explains more than what failed of it
    throw cause;
  } finally {
    forgetOwner();
    ending.abort();
  }
}

async function keepLooking(options: ServeTritonOptions): Promise<never> {
  const { triton, wake, clock, log, signal } = options;
  await untilLive(options);
  let loading = false;
  const load = () => {
    loading = true;
    const onLoaded = () => triton.watchModels().then(() => wake.now());
    void loadModels({ ...options, onLoaded }).then(() => {
      loading = false;
      wake.now();
    });
  };
  if (triton.ours) load();
  const watch = new ModelWatch({ ...options, environment: triton.environment });
  while (true) {
    const woken = wake.next();
    await look(options, watch, loading);
    if (!loading && (await triton.hasNewWeights())) {
      log.info({}, 'weights have come: what could not be loaded is tried again');
      load();
    }
    await Promise.race([woken, sleep(clock, LOOK_INTERVAL_MS, signal)]);
    signal.throwIfAborted();
  }
}

async function untilLive({ triton, client, clock, signal }: ServeTritonOptions): Promise<void> {
  const deadlineMs = clock.nowMs() + triton.readyDeadlineMs;
  while (!(await client.serverLive().catch(() => false))) {
    signal.throwIfAborted();
    if (clock.nowMs() > deadlineMs) throw new TritonAway('it does not answer');
    await sleep(clock, READY_POLL_MS, signal);
  }
}

async function look(options: ServeTritonOptions, watch: ModelWatch, loading: boolean): Promise<void> {
  const { triton, catalogue, signal, onReady } = options;
  const { cards, sick } = await watch.look(loading);
  signal.throwIfAborted();
  if (sick !== undefined && triton.ours) throw new TritonAway(sick);
  catalogue.replace(cards);
  const offers = cards.some(({ name, state }) => name !== CANARY_MODEL && state === 'ready');
  if (offers || !loading) onReady();
}
