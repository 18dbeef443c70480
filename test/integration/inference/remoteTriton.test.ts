import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askCanary } from '../../../server/inference/canary.ts';
import { argumentsOf, environmentOf } from '../../../server/inference/embedded/command.ts';
import { EmbeddedTriton } from '../../../server/inference/embedded/embeddedTriton.ts';
import { freePort } from '../../../server/inference/embedded/freePort.ts';
import { findTriton } from '../../../server/inference/embedded/layout.ts';
import { RunFolder } from '../../../server/inference/embedded/runFolder.ts';
import { callModel } from '../../../server/inference/modelCall.ts';
import { textTensor } from '../../../server/inference/tensors.ts';
import type { TritonLife } from '../../../server/inference/triton.types.ts';
import { TritonClient } from '../../../server/inference/tritonClient.ts';
import { systemClock as clock } from '../../../server/streams/clock.ts';
import { silentLog as log } from '../../../server/streams/log.ts';
import { lacks, NO_TRITON } from '../../fixtures/lacks.ts';
import { fixtureTriton, hasTriton, openInference, ramp, until } from '../../fixtures/triton.ts';

describe.skipIf(lacks(hasTriton, NO_TRITON))("somebody else's Triton", () => {
  const cleanUp = new AsyncDisposableStack();
  let triton: TritonLife;
  let client: TritonClient;

  beforeAll(async () => {
    const config = cleanUp.use(await fixtureTriton());
    triton = await new EmbeddedTriton({ config, clock, log }).start(new AbortController().signal);
    cleanUp.defer(() => triton.stop(false));
    client = new TritonClient(triton.url);
    cleanUp.defer(() => client.close());
    while (!(await client.serverLive().catch(() => false)));
    for (const model of ['canary', 'echo']) await client.loadModel(model, 20_000);
  });
  afterAll(() => cleanUp.disposeAsync());

  it('is used as it is, lost, and found again', async () => {
    await using door = await Door.open(Number(triton.url.split(':')[1]));
    await using inference = openInference({ config: { tritonUrl: `grpc://127.0.0.1:${door.port}` } });
    await until(inference, () => inference.status.state === 'ready');
    expect(inference.catalogue.languages('speech-to-text')).toContainEqual({ tag: 'en', experimental: false });
    const unloaded = inference.catalogue.cards().find((card) => card.name === 'echo_small');
    expect(unloaded).toMatchObject({ state: 'unavailable', reason: 'it is not loaded' });
    const stream = await inference.speechToText.open({ language: 'en' });
    stream.push(ramp(100));
    door.shut();
    await expect(drain(stream.events)).rejects.toMatchObject({ code: 'inference.unavailable', retryable: true });
    await until(inference, () => inference.status.state === 'away');
    expect(inference.catalogue.ready('speech-to-text')).toEqual([]);
    await door.reopen();
    await until(inference, () => inference.catalogue.languages('speech-to-text').some(({ tag }) => tag === 'en'));
    await (await inference.speechToText.open({ language: 'en' })).close();
  });

  it('is used for what works of it, though another model fails and there is no canary', async () => {
    await using fleet = await StrictTriton.start(['echo_small', 'echo_unfit']);
    await using inference = openInference({ config: { tritonUrl: fleet.url } });
    await until(inference, () => inference.catalogue.ready('speech-to-text').length > 0);
    expect(inference.status.state).toBe('ready');
    expect(inference.catalogue.ready('speech-to-text').map(({ name }) => name)).toEqual(['echo_small']);
    expect(inference.catalogue.cards().find(({ name }) => name === 'echo_unfit')?.state).toBe('unavailable');
    await (await inference.speechToText.open({ language: 'fr' })).close();
  });

  it('answers a single call with all its responses', async () => {
    await askCanary({ client, clock, deadlineMs: 5000 });
  });

  it('is not waited for past the deadline, nor past the caller’s patience', async () => {
    const call = { client, clock, model: 'canary', inputs: [textTensor('PING', ['ping'], [1])] };
    await expect(drain(callModel({ ...call, deadlineMs: 0 }))).rejects.toMatchObject({ code: 'inference.timeout' });
    const impatient = AbortSignal.abort();
    await expect(drain(callModel({ ...call, deadlineMs: 5000, signal: impatient }))).rejects.toThrow();
  });

  it('has its refusals told apart', async () => {
    const ask = (model: string, name: string) =>
      drain(callModel({ client, clock, model, inputs: [textTensor(name, ['ping'], [1])], deadlineMs: 5000 }));
    await expect(ask('nobody', 'PING')).rejects.toMatchObject({ code: 'inference.unavailable', retryable: true });
    await expect(ask('canary', 'PONK')).rejects.toMatchObject({ code: 'inference.bad_input', retryable: false });
  });
});

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _item of items);
}

/** A Triton as others run it: not ready before each of its models is. */
class StrictTriton implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #owned: AsyncDisposableStack;

  static async start(models: readonly string[]): Promise<StrictTriton> {
    await using opened = new AsyncDisposableStack();
    const config = opened.use(await fixtureTriton());
    const layout = await findTriton(config.pythonEnvDir);
    const folder = await RunFolder.create(config.runDir, { layout, pythonPathDir: config.pythonPathDir });
    opened.defer(() => folder.remove());
    const port = await freePort('127.0.0.1');
    const { backendDir, sharedMemoryPrefix } = folder;
    const usual = { repositoryDir: config.repositoryDir, backendDir, sharedMemoryPrefix, host: '127.0.0.1', port };
    const strict = argumentsOf(usual).filter((argument) => argument !== '--strict-readiness=false');
    const loaded = models.map((model) => `--load-model=${model}`);
    const child = spawn(layout.server, [...strict, ...loaded], { env: environmentOf(config, layout), stdio: 'ignore' });
    return new StrictTriton(`127.0.0.1:${port}`, child, opened.move());
  }

  private constructor(url: string, child: ChildProcess, owned: AsyncDisposableStack) {
    this.url = url;
    this.#child = child;
    this.#owned = owned;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
    await this.#owned.disposeAsync();
  }
}

/** A TCP door before another port, that can be shut on everyone inside. */
class Door implements AsyncDisposable {
  readonly port: number;
  readonly #sockets = new Set<Socket>();
  readonly #target: number;
  #server: Server;

  static async open(target: number): Promise<Door> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Door(server, target);
  }

  private constructor(server: Server, target: number) {
    const address = server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
    this.#target = target;
    this.#server = this.#receive(server);
  }

  shut(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  async reopen(): Promise<void> {
    this.#server = this.#receive(createServer().listen(this.port, '127.0.0.1'));
    await once(this.#server, 'listening');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.shut();
  }

  #receive(server: Server): Server {
    return server.on('connection', (socket) => {
      const inside = connect(this.#target, '127.0.0.1');
      for (const each of [socket, inside]) {
        this.#sockets.add(each);
        each.on('error', () => {});
      }
      socket.pipe(inside).pipe(socket);
    });
  }
}
