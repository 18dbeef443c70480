import { describe, expect, it } from 'vitest';
import { modelMetrics } from '../../../server/inference/modelMetrics.ts';
import type { Sequence } from '../../../server/inference/sequenceCall.ts';
import { SynthesisStream } from '../../../server/inference/synthesisStream.ts';
import { type Outputs, readTexts, type Tensor, textTensor } from '../../../server/inference/tensors.ts';
import type { SynthesisChunk } from '../../../server/inference/textToSpeech.types.ts';
import { BoundedQueue } from '../../../server/streams/boundedQueue.ts';
import { noMetrics } from '../../../server/streams/metrics.ts';
import { settle, VirtualClock } from '../../fixtures/virtualClock.ts';

const RATE = 24_000;
const voice = { id: 'tone/tone', model: 'tone', name: 'tone', language: 'en', experimental: false };

interface Sent {
  text: string;
  flush: boolean;
  end: boolean;
  options: boolean;
  acknowledge: () => void;
}

/** A synthesis over a sequence that the test plays by hand. */
function stage({ acknowledges = true, signal }: { acknowledges?: boolean; signal?: AbortSignal } = {}) {
  const clock = new VirtualClock();
  const outputs = new BoundedQueue<Outputs>({ limit: 5000, whenFull: 'refuse' });
  const closed = Promise.withResolvers<void>();
  const sent: Sent[] = [];
  const sequence: Sequence = {
    outputs,
    closed: closed.promise,
    send: (inputs, { end = false } = {}) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const [text = ''] = readTexts(inputs.find(({ name }) => name === 'TEXT') as Tensor);
      const has = (wanted: string) => inputs.some(({ name }) => name === wanted);
      sent.push({ text, flush: has('FLUSH'), end, options: has('OPTIONS'), acknowledge: resolve });
      if (acknowledges || sent.length === 1) resolve();
      return promise;
    },
    cancel: (cause) => {
      if (cause === undefined) outputs.close();
      else outputs.fail(cause);
      closed.resolve();
    },
  };
  const startInputs = [textTensor('OPTIONS', ['{}'], [1, 1])];
  const metrics = modelMetrics(noMetrics, 'tone');
  const stream = new SynthesisStream({ voice, sequence, startInputs, clock, metrics, onSign: () => {}, signal });
  let samples = 0;
  const say = (ms: number, timing: object = {}) => {
    const pcm = new Int16Array((ms * RATE) / 1000).fill(7);
    const told = { start: samples, ...timing };
    samples += pcm.length;
    outputs.push(
      new Map<string, Tensor>([
        ['AUDIO', { name: 'AUDIO', datatype: 'INT16', shape: [1, pcm.length], data: Buffer.from(pcm.buffer) }],
        ['SAMPLE_RATE', int32('SAMPLE_RATE', RATE)],
        ['TIMING', textTensor('TIMING', [JSON.stringify(told)], [1, 1])],
      ]),
    );
  };
  const finish = () => {
    outputs.close();
    closed.resolve();
  };
  return { clock, stream, sent, say, finish, texts: () => sent.map(({ text }) => text) };
}

function int32(name: string, value: number): Tensor {
  return { name, datatype: 'INT32', shape: [1, 1], data: Buffer.from(Int32Array.of(value).buffer) };
}

async function read(chunks: AsyncIterable<SynthesisChunk>): Promise<SynthesisChunk[]> {
  const all: SynthesisChunk[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

describe('SynthesisStream', () => {
  it('sends what is written at once, the options with the first, and the end with the last', async () => {
    const { stream, sent, texts } = stage();
    await stream.write('One, ');
    await stream.write('two.');
    void stream.end();
    await settle();
    expect(texts()).toEqual(['One, ', 'two.', '']);
    expect(sent.map(({ options, end }) => [options, end])).toEqual([
      [true, false],
      [false, false],
      [false, true],
    ]);
  });

  it('sends a long text in pieces of two hundred characters, none of which cuts a character', async () => {
    const { stream, texts } = stage();
    const text = `${'x'.repeat(199)}${'🙂'.repeat(200)}`;
    await stream.write(text);
    expect(texts().join('')).toBe(text);
    expect(texts().map(({ length }) => length)).toEqual([199, 200, 200]);
  });

  it('joins the halves of a character that came in two fragments', async () => {
    const { stream, texts } = stage();
    await stream.write('a\ud83d');
    await stream.write('\ude42b');
    expect(texts()).toEqual(['a', '🙂b']);
  });

  it('lets the writer wait while two requests are not acknowledged', async () => {
    const { stream, sent } = stage({ acknowledges: false });
    let written = false;
    void stream.write('x'.repeat(1000)).then(() => {
      written = true;
    });
    for (let turn = 0; turn < 5; turn += 1) await settle();
    expect(sent).toHaveLength(3); // the first is never acknowledged
    expect(written).toBe(false);
    sent[1]?.acknowledge();
    await settle();
    expect(sent).toHaveLength(4);
    for (let index = 2; index < sent.length; index += 1) {
      sent[index]?.acknowledge();
      await settle();
    }
    expect(written).toBe(true);
  });

  it('lets the writer wait while the reader is more than five seconds behind', async () => {
    const { stream, say, texts } = stage();
    await stream.write('One. ');
    for (let chunk = 0; chunk < 51; chunk += 1) say(100);
    await settle();
    const writing = stream.write('Two. ');
    await settle();
    expect(texts()).toEqual(['One. ']);
    const reader = stream.chunks[Symbol.asyncIterator]();
    await reader.next();
    await writing;
    expect(texts()).toEqual(['One. ', 'Two. ']);
  });

  it('asks for what is pending to be spoken, and for nothing where nothing was written', async () => {
    const { stream, sent } = stage();
    await stream.flush();
    expect(sent).toEqual([]);
    await stream.write('Well');
    await stream.flush();
    expect(sent.map(({ text, flush }) => [text, flush])).toEqual([
      ['Well', false],
      ['', true],
    ]);
  });

  it('gives sound with its words where they stand in UTF-16', async () => {
    const { stream, say, finish } = stage();
    await stream.write('🙂 hi');
    say(100, { words: [{ text: 'hi', char: [2, 4], samples: [0, 2400] }], visemes: [['aa', 0, 1200]] });
    say(50);
    finish();
    expect(await read(stream.chunks)).toMatchObject([
      {
        startSample: 0,
        sampleRate: RATE,
        words: [{ text: 'hi', startChar: 3, endChar: 5, startSample: 0, endSample: 2400 }],
        visemes: [{ viseme: 'aa', startSample: 0, endSample: 1200 }],
      },
      { startSample: 2400, words: [] },
    ]);
  });

  it.each([
    ['an unknown mouth shape', { visemes: [['XX', 0, 1]] }],
    ['a hole in the sound', { start: 17 }],
  ])('fails at %s', async (_, timing) => {
    const { stream, say } = stage();
    await stream.write('a');
    say(100, timing);
    await expect(read(stream.chunks)).rejects.toMatchObject({ code: 'inference.failed' });
  });

  it('has patience with a voice that has nothing to say, and keeps its sequence alive', async () => {
    const { clock, stream, texts, finish } = stage();
    await stream.write('One');
    await clock.advance(60_000);
    expect(texts()).toEqual(['One', ...Array.from({ length: 7 }, () => '')]);
    void stream.end();
    await clock.advance(0);
    finish();
    expect(await read(stream.chunks)).toEqual([]);
  });

  it('fails retryably where text is not taken in for twenty seconds', async () => {
    const { clock, stream } = stage({ acknowledges: false });
    await stream.write('One');
    void stream.write('two');
    const failure = read(stream.chunks).catch((cause: unknown) => cause);
    await clock.advance(20_000);
    expect(await failure).toMatchObject({ code: 'inference.timeout', retryable: true });
  });

  it('fails rather than grow where a model speaks on for minutes that nobody reads', async () => {
    const { stream, say } = stage();
    await stream.write('One');
    for (let chunk = 0; chunk < 1802; chunk += 1) say(100);
    for (let turn = 0; turn < 3; turn += 1) await settle();
    await expect(read(stream.chunks)).rejects.toMatchObject({ code: 'inference.failed' });
  });

  it('says nothing to Triton where nothing was written', async () => {
    const { stream, sent } = stage();
    await stream.end();
    expect(await read(stream.chunks)).toEqual([]);
    expect(sent).toEqual([]);
  });

  it('ends at once when it is closed or its owner aborts, and lets a waiting writer go', async () => {
    const owner = new AbortController();
    const { stream, sent, clock } = stage({ acknowledges: false, signal: owner.signal });
    const writing = stream.write('x'.repeat(2000));
    await settle();
    owner.abort();
    await writing;
    await stream.close();
    await stream.write('more');
    expect(await read(stream.chunks)).toEqual([]);
    await clock.advance(60_000);
    expect(sent).toHaveLength(3);
  });
});
