import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { sweepLeftovers } from '../../../server/inference/embedded/runFolder.ts';
import type { Inference } from '../../../server/inference/inference.ts';
import { lacks, NO_TRITON } from '../../fixtures/lacks.ts';
import {
  fixtureTriton,
  hasTriton,
  openInference,
  processesWith,
  ramp,
  until,
  untilLoaded,
} from '../../fixtures/triton.ts';

/** From a death to the next answer: what a speaker's ring of 30 s must bridge, with much to spare. */
const RECOVERY_BUDGET_MS = 5000;
const killedInference = path.resolve(import.meta.dirname, '../../fixtures/killedInference.ts');
const DIES_AT_THIRD_CHUNK = 'qae';

describe.skipIf(lacks(hasTriton, NO_TRITON))('a Triton that dies', () => {
  it('fails what is open with a retryable error, comes back, and works again, whoever is killed', async () => {
    await using embedded = await fixtureTriton();
    await using inference = openInference({ config: { embedded } });
    await untilLoaded(inference);
    const server = () => processesWith(embedded.runDir, 'bin/tritonserver');
    const stub = () => processesWith(embedded.runDir, 'triton_python_backend_stub', 'model-repository/echo/');
    for (const victim of [server, stub]) {
      const stream = await inference.speechToText.open({ language: 'en' });
      stream.push(ramp(200));
      const [pid] = await victim();
      if (pid === undefined) throw new Error('nothing to kill');
      const killedAtMs = performance.now();
      process.kill(pid, 'SIGKILL');
      await expect(drain(stream.events)).rejects.toMatchObject({ code: 'inference.unavailable', retryable: true });
      await until(inference, () => inference.status.state === 'away');
      await expect(inference.speechToText.open({ language: 'en' })).rejects.toMatchObject({ retryable: true });
      await until(
        inference,
        () =>
          inference.status.state === 'ready' &&
          inference.catalogue.languages('speech-to-text').some(({ tag }) => tag === 'en'),
      );
      const recoveredMs = performance.now() - killedAtMs;
      console.log(`${victim === server ? 'server' : 'stub'} killed: back after ${Math.round(recoveredMs)} ms`);
      expect(recoveredMs).toBeLessThan(RECOVERY_BUDGET_MS);
      expect(await hears(inference)).toBe(1600);
    }
    expect(await processesWith(embedded.runDir, 'bin/tritonserver')).toHaveLength(1);
  });

  it('is noticed where a model takes its own process down', async () => {
    await using embedded = await fixtureTriton();
    await using inference = openInference({ config: { embedded } });
    await untilLoaded(inference);
    const stream = await inference.speechToText.open({ language: DIES_AT_THIRD_CHUNK });
    for (let chunk = 0; chunk < 5; chunk += 1) stream.push(ramp(500));
    await expect(drain(stream.events)).rejects.toMatchObject({ retryable: true });
    await until(inference, () => inference.status.state === 'away', 3000).catch(() => {}); // it may be back already
    await until(inference, () => inference.status.state === 'ready');
    expect(await hears(inference)).toBe(1600);
  });

  it('leaves nothing behind when it is closed', async () => {
    await using embedded = await fixtureTriton();
    const inference = openInference({ config: { embedded } });
    await untilLoaded(inference);
    const open = await inference.speechToText.open({ language: 'en' });
    open.push(ramp(100));
    await inference.close();
    expect(await drain(open.events).catch((cause: unknown) => cause)).toMatchObject({ retryable: true });
    expect(inference.status).toMatchObject({ state: 'away' });
    await expectNothingLeft(embedded.runDir);
  });

  it('does not outlive a server that is killed', async () => {
    await using embedded = await fixtureTriton();
    const server = spawn(process.execPath, [killedInference, JSON.stringify(embedded)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(server.stdout, 'data');
    expect(await processesWith(embedded.runDir, 'bin/tritonserver')).toHaveLength(1);
    server.kill('SIGKILL');
    await vi.waitFor(() => expectNothingLeft(embedded.runDir, server.pid), { timeout: 5000, interval: 100 });
  });

  it('is swept away at the next start where even its watchdog was killed', async () => {
    await using embedded = await fixtureTriton();
    const server = spawn(process.execPath, [killedInference, JSON.stringify(embedded)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(server.stdout, 'data');
    for (const pid of await processesWith(embedded.runDir, 'tritone-watchdog')) process.kill(pid, 'SIGKILL');
    server.kill('SIGKILL');
    await once(server, 'exit');
    expect(await processesWith(embedded.runDir, 'bin/tritonserver')).toHaveLength(1);
    expect(await sweepLeftovers(embedded.runDir)).toBe(1);
    await vi.waitFor(() => expectNothingLeft(embedded.runDir, server.pid), { timeout: 5000, interval: 100 });
  });
});

describe('no Triton', () => {
  it('is no reason to fail: the status says why, in words for people', async () => {
    for (const [config, reason] of [
      [{}, /npm start/],
      [{ tritonUrl: 'grpc://127.0.0.1:9' }, /does not answer/],
      [
        {
          embedded: {
            pythonEnvDir: '/nowhere',
            modelsDir: '',
            repositoryDir: '',
            pythonPathDir: '',
            runDir: '/nowhere',
          },
        },
        /Python environment/,
      ],
    ] as const) {
      await using inference = openInference({ config });
      expect(inference.status.state).toBe('starting');
      await until(inference, () => inference.status.state === 'away');
      expect(inference.status.reason).toMatch(reason);
      expect(inference.readiness().ready).toBe(false);
      await expect(inference.speechToText.open({ language: 'en' })).rejects.toMatchObject({
        code: 'inference.unavailable',
        retryable: true,
        message: expect.stringMatching(reason),
      });
    }
  });
});

async function hears(inference: Inference): Promise<number> {
  await using stream = await inference.speechToText.open({ language: 'en' });
  stream.push(ramp(100));
  void stream.end();
  for await (const event of stream.events) if (event.type === 'final') return event.endSample;
  return 0;
}

async function drain(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _event of events);
}

/** Of the server `pid`: no process, no file, no shared memory. */
async function expectNothingLeft(runDir: string, pid = process.pid): Promise<void> {
  expect(await processesWith(runDir)).toEqual([]);
  expect(await readdir(runDir)).toEqual([]);
  const memory = await readdir('/dev/shm');
  expect(memory.filter((name) => name.startsWith(`tritone_triton-${pid}-`))).toEqual([]);
}
