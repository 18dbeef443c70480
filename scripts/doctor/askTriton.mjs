/**
 * Starts Triton as the server does (with TRITON_URL asks that one) and prints what each model answered, one line of JSON.
 * Runs on Node 24 with the environment that set-up gives the server.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../server/config.ts';
import { Inference } from '../../server/inference/inference.ts';
import { systemClock as clock } from '../../server/streams/clock.ts';
import { createLogger } from '../../server/telemetry/logger.ts';
import { createPrometheus } from '../../server/telemetry/prometheus.ts';

const DEADLINE_MS = 90_000;

const config = readConfig({ ...process.env, LOG_LEVEL: 'silent' }, false);
const prometheus = createPrometheus();
const startedAt = performance.now();
const inference = Inference.open({
  config: config.inference,
  clock,
  log: createLogger(config.log),
  metrics: prometheus.metrics,
});

/** Every model has answered its canary, or has said why it never will. */
function isSettled() {
  const { ready, models } = inference.readiness();
  return ready && models.length > 0 && models.every(({ state }) => state !== 'loading');
}

while (!isSettled() && performance.now() - startedAt < DEADLINE_MS) await sleep(100);
const answer = { ms: Math.round(performance.now() - startedAt), ...inference.readiness() };
await inference.close();
await prometheus.close();
process.stdout.write(`${JSON.stringify(answer)}\n`);
process.exit(0);
