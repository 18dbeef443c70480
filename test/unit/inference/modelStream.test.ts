import { describe, expect, it } from 'vitest';
import { modelMetrics } from '../../../server/inference/modelMetrics.ts';
import { ModelStream } from '../../../server/inference/modelStream.ts';
import type { Sequence } from '../../../server/inference/sequenceCall.ts';
import { readSpeechEvents } from '../../../server/inference/speechEvents.ts';
import type { SpeechEvent } from '../../../server/inference/speechToText.types.ts';
import { type Outputs, readTexts, type Tensor, textTensor } from '../../../server/inference/tensors.ts';
import { BoundedQueue } from '../../../server/streams/boundedQueue.ts';
import { noMetrics } from '../../../server/streams/metrics.ts';
import { TritoneError } from '../../../shared/errors.ts';
import { settle, VirtualClock } from '../../fixtures/virtualClock.ts';

interface Sent {
  ms: number;
  atMs: number;
  end: boolean;
  options: string | undefined;
  silentAfter: boolean;
  acknowledge: () => void;
}

/** A stream over a sequence that the test plays by hand. */
function stage({ acknowledges = true, maxQueuedMs = 5000, signal }: StageOptions = {}) {
  const clock = new VirtualClock();
  const outputs = new BoundedQueue<Outputs>({ limit: 1000, whenFull: 'refuse' });
  const closed = Promise.withResolvers<void>();
  const sent: Sent[] = [];
  const sequence: Sequence = {
    outputs,
    closed: closed.promise,
    send: (inputs, { end = false, parameters = {} } = {}) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const audio = inputs.find((input) => input.name === 'AUDIO');
      const options = inputs.find((input) => input.name === 'OPTIONS');
      const ms = (audio?.data.length ?? 0) / 32;
      const said = options && readTexts(options)[0];
      const silentAfter = parameters.silent_after?.bool_param === true;
      sent.push({ ms, atMs: clock.nowMs(), end, options: said, silentAfter, acknowledge: resolve });
      if (acknowledges || sent.length === 1) resolve();
      return promise;
    },
    cancel: (cause) => {
      if (cause === undefined) outputs.close();
      else outputs.fail(cause);
      closed.resolve();
    },
  };
  const stream = new ModelStream<SpeechEvent>({
    model: 'echo',
    sequence,
    startInputs: [textTensor('OPTIONS', ['{}'], [1, 1])],
    read: readSpeechEvents,
    clock,
    metrics: modelMetrics(noMetrics, 'echo'),
    maxQueuedMs,
    signal,
  });
  const say = (event: object) => outputs.push(new Map<string, Tensor>([['EVENT', eventTensor(event)]]));
  const finish = () => {
    outputs.close();
    closed.resolve();
  };
  return { clock, stream, sent, say, finish, sizes: () => sent.map(({ ms }) => ms) };
}

interface StageOptions {
  acknowledges?: boolean;
  maxQueuedMs?: number;
  signal?: AbortSignal;
}

const eventTensor = (event: object) => textTensor('EVENT', [JSON.stringify(event)], [1, 1]);
const pcm = (ms: number) => new Int16Array(ms * 16);
const partial = {
  type: 'partial',
  utterance: 1,
  revision: 0,
  start: 0,
  end: 160,
  text: 'hm',
  stable: 0,
  language: 'en',
};

async function read(events: AsyncIterable<SpeechEvent>): Promise<SpeechEvent[]> {
  const all: SpeechEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe('ModelStream', () => {
  it('sends the first sound at once, with the options, and then 100 ms together', async () => {
    const { clock, stream, sent, sizes } = stage();
    for (let sentMs = 0; sentMs < 300; sentMs += 20) {
      stream.push(pcm(20));
      await clock.advance(20);
    }
    expect(sizes()).toEqual([20, 100, 100]);
    expect(sent.map(({ options }) => options)).toEqual(['{}', undefined, undefined]);
  });

  it('does not keep a rest waiting for more than 100 ms', async () => {
    const { clock, stream, sent } = stage();
    stream.push(pcm(20));
    await clock.advance(0);
    stream.push(pcm(20));
    await clock.advance(250);
    expect(sent.map(({ ms, atMs }) => [ms, atMs])).toEqual([
      [20, 0],
      [20, 100],
    ]);
  });

  it('sends at once what nobody wants kept back, together with what waits', async () => {
    const { clock, stream, sent } = stage();
    stream.push(pcm(20));
    stream.push(pcm(20));
    await clock.advance(30);
    await stream.write(pcm(40), { atOnce: true });
    expect(sent.map(({ ms, atMs }) => [ms, atMs])).toEqual([
      [20, 0],
      [60, 30],
    ]);
  });

  it('tells that only silence follows with the last of its sound, as long as nothing follows', async () => {
    const { stream, sent } = stage();
    stream.push(pcm(20));
    await stream.write(pcm(700), { atOnce: true, silentAfter: true });
    await stream.write(pcm(100), { atOnce: true });
    expect(sent.map(({ ms, silentAfter }) => [ms, silentAfter])).toEqual([
      [20, false],
      [500, false],
      [200, true],
      [100, false],
    ]);
  });

  it('sends a backlog in requests of at most 500 ms', async () => {
    const { stream, sizes } = stage();
    stream.push(pcm(1200));
    await settle();
    expect(sizes()).toEqual([500, 500, 200]);
  });

  it('drops the oldest audio, and says how much, while Triton is silent', async () => {
    const { stream, sent } = stage({ acknowledges: false, maxQueuedMs: 300 });
    stream.push(pcm(100));
    await settle(); // the start request is never acknowledged, and does not count
    for (let chunk = 0; chunk < 10; chunk += 1) expect(stream.push(pcm(100))).toBe(0);
    expect([1, 2, 3, 4].map(() => stream.push(pcm(100)))).toEqual([0, 0, 0, 100]);
    expect(sent).toHaveLength(11);
    sent[1]?.acknowledge();
    await settle();
    expect(sent[11]?.ms).toBe(300);
  });

  it('counts dropped sound into the times of events', async () => {
    const { stream, sent, say, finish } = stage({ acknowledges: false, maxQueuedMs: 100 });
    stream.push(pcm(100));
    await settle();
    for (let chunk = 0; chunk < 12; chunk += 1) stream.push(pcm(100));
    expect(sent.reduce((sum, { ms }) => sum + ms, 0)).toBe(1100);
    say({ ...partial, start: 1100 * 16, end: 1150 * 16 });
    finish();
    expect(await read(stream.events)).toMatchObject([{ startSample: 1200 * 16, endSample: 1250 * 16 }]);
  });

  it('marks the last request as the end, or sends an empty one where all is sent already', async () => {
    const waiting = stage();
    waiting.stream.push(pcm(100));
    await settle();
    waiting.stream.push(pcm(60));
    void waiting.stream.end();
    expect(waiting.sent.map(({ ms, end }) => [ms, end])).toEqual([
      [100, false],
      [60, true],
    ]);
    const idle = stage();
    idle.stream.push(pcm(100));
    void idle.stream.end();
    expect(idle.sent.map(({ ms, end }) => [ms, end])).toEqual([
      [100, false],
      [0, true],
    ]);
  });

  it('ends with the last of several requests where much is left to send', async () => {
    const { stream, sent, sizes } = stage({ acknowledges: false });
    stream.push(pcm(100));
    await settle();
    for (let chunk = 0; chunk < 22; chunk += 1) stream.push(pcm(100)); // ten in flight, 1200 ms queued
    void stream.end();
    for (let index = 1; index < sent.length; index += 1) {
      sent[index]?.acknowledge();
      await settle();
    }
    expect(sizes().slice(11)).toEqual([500, 500, 200]);
    expect(sent.map(({ end }) => end).indexOf(true)).toBe(13);
  });

  it('says nothing to Triton where there was no sound', async () => {
    const { stream, sent } = stage();
    await stream.end();
    expect(await read(stream.events)).toEqual([]);
    expect(sent).toEqual([]);
  });

  it('still gives what the model says after the end, then ends', async () => {
    const { stream, say, finish } = stage();
    stream.push(pcm(100));
    void stream.end();
    say(partial);
    say({ type: 'progress', settled: 1600 });
    finish();
    expect((await read(stream.events)).map(({ type }) => type)).toEqual(['partial', 'progress']);
  });

  it('fails retryably where an answer is due and nothing comes for ten seconds', async () => {
    const { clock, stream } = stage({ acknowledges: false });
    stream.push(pcm(100));
    await clock.advance(1);
    stream.push(pcm(100));
    const failure = read(stream.events).catch((cause: unknown) => cause);
    await clock.advance(10_000);
    expect(await failure).toMatchObject({ code: 'inference.timeout', retryable: true });
  });

  it('begins to count anew when one of several answers has come', async () => {
    const { clock, stream, sent } = stage({ acknowledges: false });
    stream.push(pcm(100));
    await clock.advance(0);
    stream.push(pcm(100));
    stream.push(pcm(100));
    const failure = read(stream.events).catch((cause: unknown) => cause);
    let failed = false;
    void failure.then(() => {
      failed = true;
    });
    await clock.advance(9000);
    sent[1]?.acknowledge();
    await clock.advance(9000);
    expect(failed).toBe(false);
    await clock.advance(1000);
    expect(await failure).toMatchObject({ code: 'inference.timeout' });
  });

  it('has patience as long as the model says anything', async () => {
    const { clock, stream, say, finish } = stage({ acknowledges: false });
    stream.push(pcm(100));
    void stream.end();
    for (let second = 0; second < 30; second += 6) {
      await clock.advance(6000);
      say(partial);
    }
    finish();
    expect(await read(stream.events)).toHaveLength(5);
  });

  it('keeps a silent sequence alive with requests without sound', async () => {
    const { clock, stream, sizes } = stage();
    stream.push(pcm(100));
    await clock.advance(20_000);
    expect(sizes()).toEqual([100, 0, 0]);
  });

  it('ends at once and quietly when it is closed or its owner aborts, twice or after the end', async () => {
    const owner = new AbortController();
    const { stream, clock, sent } = stage({ signal: owner.signal });
    stream.push(pcm(100));
    owner.abort();
    await stream.close();
    await stream.end();
    expect(await read(stream.events)).toEqual([]);
    expect(stream.push(pcm(100))).toBe(0);
    await clock.advance(20_000);
    expect(sent).toHaveLength(1);
  });

  it('fails where an event does not fit its schema, and passes over what a newer model says', async () => {
    const newer = stage();
    newer.stream.push(pcm(20));
    newer.say({ type: 'load', step: 0.3 });
    newer.finish();
    expect(await read(newer.stream.events)).toEqual([]);
    const broken = stage();
    broken.stream.push(pcm(20));
    broken.say({ ...partial, start: 'soon' });
    await expect(read(broken.stream.events)).rejects.toMatchObject({ code: 'inference.failed' });
  });

  it('fails rather than grow where nobody reads', async () => {
    const { stream, say } = stage();
    stream.push(pcm(20));
    for (let said = 0; said < 1100; said += 1) {
      say(partial);
      await Promise.resolve();
    }
    await stream.closed;
    await expect(read(stream.events)).rejects.toBeInstanceOf(TritoneError);
  });

  it('lets a writer wait while more than a second is queued', async () => {
    const { stream, sent } = stage({ acknowledges: false });
    let written = false;
    void stream.write(pcm(8000)).then(() => {
      written = true;
    });
    await settle();
    expect(written).toBe(false);
    for (let index = 0; index < sent.length; index += 1) {
      sent[index]?.acknowledge();
      await settle();
    }
    expect(written).toBe(true);
    const blocked = stream.write(pcm(60_000));
    await stream.close();
    await blocked;
  });
});
