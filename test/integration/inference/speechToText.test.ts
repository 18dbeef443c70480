import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ModelPreference } from '../../../server/inference/chooseSpeechModel.ts';
import type { Inference } from '../../../server/inference/inference.ts';
import type { SpeechEvent, SpeechFinal, SpeechStream } from '../../../server/inference/speechToText.types.ts';
import { createPrometheus } from '../../../server/telemetry/prometheus.ts';
import { TritoneError } from '../../../shared/errors.ts';
import { lacks, NO_TRITON } from '../../fixtures/lacks.ts';
import { fixtureTriton, hasTriton, openInference, ramp, untilLoaded } from '../../fixtures/triton.ts';

/** What the fixture's model does when it is asked for one of these languages; see test/fixtures/python/echo_model. */
const NEVER_ACKNOWLEDGES = 'qaa';
const ACKNOWLEDGES_LATE = 'qab';
const REFUSES_OPTIONS = 'qac';
const FAILS_AT_THIRD_CHUNK = 'qad';
const SAYS_NO_JSON = 'qaf';
const REPORTS = 'qag';

/** A busy machine may take its time; nothing is decided by it. */
const BUSY = { timeout: 20_000 };

describe.skipIf(lacks(hasTriton, NO_TRITON))('speech to text over a real Triton', () => {
  let inference: Inference;
  const cleanUp = new AsyncDisposableStack();
  const prometheus = cleanUp.adopt(createPrometheus(), (each) => each.close());

  beforeAll(async () => {
    const embedded = cleanUp.use(await fixtureTriton());
    inference = cleanUp.use(openInference({ config: { embedded }, metrics: prometheus.metrics }));
    await untilLoaded(inference);
  });
  afterAll(() => cleanUp.disposeAsync());

  it('takes the model that the operator prefers, with the parameters that he overrides', async () => {
    await using embedded = await fixtureTriton();
    const environment = { TRITONE_ECHO_SMALL_LANGUAGES: 'en, fr' };
    const modelFor = async (preferredModels: ModelPreference[]) => {
      await using other = openInference({ config: { embedded: { ...embedded, environment }, preferredModels } });
      await untilLoaded(other);
      await using stream = await other.speechToText.open({ language: 'en' });
      return stream.model;
    };
    expect(await modelFor([])).toBe('echo_small');
    expect(await modelFor([{ model: 'echo' }])).toBe('echo');
  });

  const open = (language = 'en') => inference.speechToText.open({ language });

  /** How the model's sequences ended, by its own count. */
  async function report(): Promise<{ started: number; ended: number; cancelled: number; open: number }> {
    const stream = await open(REPORTS);
    stream.push(ramp(20));
    void stream.end();
    return JSON.parse((await finalOf(stream)).text);
  }

  it('gives partials while sound comes and a final at its end', async () => {
    await using stream = await open();
    for (let sent = 0; sent < 1600; sent += 20) stream.push(ramp(20));
    void stream.end();
    const events = await collect(stream);
    expect(events.filter((event) => event.type === 'partial').length).toBeGreaterThanOrEqual(2);
    expect(events.at(-2)).toMatchObject({
      type: 'final',
      text: expect.stringMatching(/^25600 samples in/),
      startSample: 0,
      endSample: 25_600,
      words: [{ text: 'word', startSample: 0, endSample: 25_600, confidence: 0.5 }],
      wordsEstimated: false,
      reason: 'end',
      language: 'en',
    });
    expect(events.at(-1)).toEqual({ type: 'progress', settledSample: 25_600 });
  });

  it('counts the partials that a model says it has left out, each once', async () => {
    const counted = async () =>
      Number(/^tritone_partials_skipped_total\{model="echo"\} (\d+)$/m.exec(await prometheus.expose())?.[1]);
    await (await open()).close();
    const before = await counted();
    await using stream = await open();
    await stream.write(ramp(1600));
    void stream.end();
    expect((await collect(stream)).map(({ type }) => type)).not.toContain('load');
    expect((await counted()) - before).toBe(3); // told as 1, 2, 3 since the sequence began
  });

  it('sends the first sound at once and the rest in requests of 100 ms or more', async () => {
    await using stream = await open();
    for (let sent = 0; sent < 1000; sent += 20) stream.push(ramp(20));
    void stream.end();
    expect((await finalOf(stream)).text).toMatch(/^16000 samples in ([2-9]|1[01]) chunks$/);
  });

  it('ends without asking Triton where nothing was said', async () => {
    const before = await report();
    await using stream = await open();
    await stream.end();
    expect(await collect(stream)).toEqual([]);
    expect((await report()).started).toBe(before.started + 1); // the report itself
  });

  it('drops the oldest sound, says how much, and keeps times right while the model does not acknowledge', async () => {
    await using stream = await inference.speechToText.open({ language: ACKNOWLEDGES_LATE, maxQueuedMs: 1000 });
    let droppedMs = 0;
    for (let sent = 0; sent < 4000; sent += 100) droppedMs += stream.push(ramp(100));
    expect(droppedMs).toBe(4000 - 10 * 100 - 1000); // ten chunks in flight, 1 s queued
    void stream.end();
    const final = await finalOf(stream);
    expect(final.text).toMatch(/^32000 samples/);
    expect(final.endSample).toBe(64_000);
  });

  it('takes a file as fast as the model acknowledges and drops nothing', async () => {
    await using stream = await inference.speechToText.open({ language: 'en', maxQueuedMs: 2000, priority: 'batch' });
    const written = stream.write(ramp(60_000)).then(() => stream.end());
    expect((await finalOf(stream)).endSample).toBe(960_000);
    await written;
  });

  it('tells the model of a cancelled stream, and frees its place in Triton', async () => {
    const before = await report();
    const stream = await open(NEVER_ACKNOWLEDGES);
    stream.push(ramp(200));
    await vi.waitFor(async () => expect((await report()).open).toBe(1), BUSY);
    await stream.close();
    expect(await collect(stream)).toEqual([]);
    await vi.waitFor(async () => {
      const after = await report();
      expect(after.cancelled).toBe(before.cancelled + 1);
      expect(after.ended).toBe(before.ended + 1);
      expect(after.open).toBe(0);
    }, BUSY);
  });

  it('closes with its owner', async () => {
    const owner = new AbortController();
    const stream = await inference.speechToText.open({ language: 'en', signal: owner.signal });
    stream.push(ramp(100));
    owner.abort();
    expect(await collect(stream)).toEqual([]);
    await expect(inference.speechToText.open({ language: 'en', signal: owner.signal })).rejects.toMatchObject({
      code: 'inference.cancelled',
    });
  });

  it('hands on what the model says of bad options, and that no one need try again', async () => {
    expect(await failureOf(await open(REFUSES_OPTIONS))).toMatchObject({
      code: 'inference.bad_input',
      message: 'The model refused its input: not today',
      retryable: false,
    });
  });

  it('tells of a failing model without its traceback or any folder', async () => {
    const failure = await failureOf(await open(FAILS_AT_THIRD_CHUNK));
    expect(failure.code).toBe('inference.failed');
    expect(failure.message).not.toMatch(/root|Traceback|File|line \d|At:/);
  });

  it('fails where an event does not fit its schema', async () => {
    expect(await failureOf(await open(SAYS_NO_JSON))).toMatchObject({ code: 'inference.failed' });
  });

  it('refuses what exceeds a model’s slots, and gives a slot back with its stream', async () => {
    const first = await open('fr');
    const second = await open('fr');
    await expect(open('fr')).rejects.toMatchObject({ code: 'inference.busy', retryable: true });
    await first.close();
    await second.close();
    await (await open('fr')).close();
  });

  it('serves thirty speakers at once', async () => {
    const streams = await Promise.all(Array.from({ length: 30 }, () => open()));
    for (let sent = 0; sent < 1000; sent += 100) {
      for (const stream of streams) stream.push(ramp(100));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const finals = await Promise.all(
      streams.map((stream) => {
        void stream.end();
        return finalOf(stream);
      }),
    );
    expect(finals.map((final) => final.endSample)).toEqual(Array(30).fill(16_000));
  });

  it('offers what answers, and says why the rest does not', () => {
    const { catalogue } = inference;
    const tags = catalogue.languages('speech-to-text').map(({ tag }) => tag);
    expect(tags).toEqual(expect.arrayContaining(['en', 'fr']));
    expect(tags).not.toContain('de');
    const unfit = catalogue.cards().find((card) => card.name === 'echo_unfit');
    expect(unfit).toMatchObject({ state: 'unavailable', reason: expect.stringContaining('weights missing') });
    expect(unfit?.reason).not.toMatch(/secret\/|somewhere/);
    expect(inference.readiness()).toMatchObject({ ready: true });
  });

  it('knows no model for a language that nobody lists', async () => {
    await expect(open('xx')).rejects.toMatchObject({ code: 'inference.no_model', retryable: true });
    await expect(inference.speechToText.open({ language: 'fr', model: 'echo' })).rejects.toMatchObject({
      code: 'inference.no_model',
    });
  });
});

async function collect(stream: SpeechStream): Promise<SpeechEvent[]> {
  const events: SpeechEvent[] = [];
  for await (const event of stream.events) events.push(event);
  return events;
}

async function finalOf(stream: SpeechStream): Promise<SpeechFinal> {
  const final = (await collect(stream)).find((event) => event.type === 'final');
  if (final === undefined) throw new Error('the stream ended without a final');
  return final;
}

async function failureOf(stream: SpeechStream): Promise<TritoneError> {
  for (let chunk = 0; chunk < 4; chunk += 1) stream.push(ramp(500));
  const failure = await collect(stream).catch((cause: unknown) => cause);
  if (failure instanceof TritoneError) return failure;
  throw new Error('the stream did not fail', { cause: failure });
}
