import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Inference } from '../../../server/inference/inference.ts';
import type { LipPatch, LipStream } from '../../../server/inference/lipSync.types.ts';
import type { SpeechSynthesis, SynthesisChunk } from '../../../server/inference/textToSpeech.types.ts';
import { createPrometheus } from '../../../server/telemetry/prometheus.ts';
import { lacks, NO_TRITON } from '../../fixtures/lacks.ts';
import { pictureOf } from '../../fixtures/pictures.ts';
import { fixtureTriton, hasTriton, openInference, processesWith, ramp, untilLoaded } from '../../fixtures/triton.ts';

/** What the fixtures do: test/fixtures/python/avatar_models. */
const WORD_SAMPLES = 0.3 * 24_000;
const FRAME_SAMPLES = 640;
const TEXT = 'One two, 🙂 three. Four';

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const failureOf = (items: AsyncIterable<unknown>) => collect(items).catch((cause: unknown) => cause);

/** A busy machine may take its time; nothing is decided by it. */
const BUSY = { timeout: 20_000 };

describe.skipIf(lacks(hasTriton, NO_TRITON))('voices and faces over a real Triton', () => {
  let inference: Inference;
  let runDir: string;
  const cleanUp = new AsyncDisposableStack();
  const prometheus = cleanUp.adopt(createPrometheus(), (each) => each.close());

  beforeAll(async () => {
    const embedded = cleanUp.use(await fixtureTriton());
    runDir = embedded.runDir;
    inference = cleanUp.use(openInference({ config: { embedded }, metrics: prometheus.metrics }));
    await untilLoaded(inference);
  });
  afterAll(() => cleanUp.disposeAsync());

  const openStreams = async (model: string) =>
    new RegExp(`^tritone_model_open_streams\\{model="${model}"\\} (\\d+)$`, 'm').exec(await prometheus.expose())?.[1];

  describe('text to speech', () => {
    const speak = (voice = 'tone/tone', language = 'en') => inference.textToSpeech.open({ language, voice });

    it('offers the voices of ready models', () => {
      expect(inference.textToSpeech.voices()).toContainEqual({
        id: 'tone/low',
        model: 'tone',
        name: 'low',
        language: 'hi',
        experimental: true,
      });
    });

    it('gives the first clause before the last fragment is written', async () => {
      await using synthesis = await speak();
      await synthesis.write('One two, and');
      const reader = synthesis.chunks[Symbol.asyncIterator]();
      const first = (await reader.next()).value as SynthesisChunk;
      expect(first).toMatchObject({ startSample: 0, sampleRate: 24_000, words: [{ text: 'One', startChar: 0 }] });
      expect(first.pcm).toHaveLength(2400);
      expect(first.visemes.map(({ viseme }) => viseme)).toEqual(['aa', 'PP']);
    });

    it('gives every word its place in the text and in the sound', async () => {
      await using synthesis = await speak();
      for (const fragment of TEXT.match(/.{1,3}/gu) ?? []) await synthesis.write(fragment);
      void synthesis.end();
      const chunks = await collect(synthesis.chunks);
      const words = chunks.flatMap((chunk) => chunk.words);
      expect(words.map(({ startChar, endChar }) => TEXT.slice(startChar, endChar))).toEqual(TEXT.split(' '));
      expect(words.map(({ startSample }) => startSample)).toEqual(words.map((_, index) => index * WORD_SAMPLES));
      expect(chunks.reduce((sum, { pcm }) => sum + pcm.length, 0)).toBe(words.length * WORD_SAMPLES);
      expect(Math.max(...chunks.flatMap(({ pcm }) => [...pcm]))).toBeGreaterThan(11_000);
    });

    it('speaks what is pending when it is told to', async () => {
      await using synthesis = await speak();
      await synthesis.write('Wait');
      await synthesis.flush();
      expect((await synthesis.chunks[Symbol.asyncIterator]().next()).value).toMatchObject({
        words: [{ text: 'Wait' }],
      });
    });

    it('is as fast as it is asked to be', async () => {
      const samples = async (speed: number) => {
        await using synthesis = await inference.textToSpeech.open({ language: 'en', voice: 'tone/tone', speed });
        await synthesis.write('One.');
        void synthesis.end();
        return (await collect(synthesis.chunks)).reduce((sum, { pcm }) => sum + pcm.length, 0);
      };
      expect(await samples(2)).toBe((await samples(1)) / 2);
    });

    it('keeps the writer back while nobody listens', async () => {
      await using synthesis = await speak();
      let written = false;
      const writing = synthesis.write('word, '.repeat(2000)).then(() => {
        written = true;
      });
      await vi.waitFor(async () => expect(await openStreams('tone')).toBe('1'), BUSY);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(written).toBe(false);
      void writing.then(() => synthesis.end());
      const chunks = await collect(synthesis.chunks);
      expect(chunks.flatMap(({ words }) => words)).toHaveLength(2000);
    });

    it('says that a voice cannot read a text, as a row of our table', async () => {
      const synthesis = await speak('tone/strict');
      await synthesis.write('नमस्ते।');
      expect(await failureOf(synthesis.chunks)).toMatchObject({
        code: 'voice.unreadable_text',
        message: 'Voice tone/strict cannot read this text: it has letters beyond ASCII',
        retryable: false,
      });
    });

    it.each([
      ['tone/nobody', 'en', 'voice.not_found'],
      ['tone/low', 'en', 'voice.wrong_language'],
      [undefined, 'xx', 'inference.no_model'],
    ])('refuses voice %s for %s as %s', async (voice, language, code) => {
      await expect(inference.textToSpeech.open({ language, voice })).rejects.toMatchObject({ code });
    });

    it('gives its slot back, whoever ends it', async () => {
      const all: SpeechSynthesis[] = [];
      const fill = async () => {
        while (true) all.push(await speak());
      };
      await expect(fill()).rejects.toMatchObject({ code: 'inference.busy', retryable: true });
      expect(all).toHaveLength(16);
      for (const synthesis of all) await synthesis.write('a');
      await Promise.all(all.map((synthesis, index) => (index % 2 === 0 ? synthesis.close() : synthesis.end())));
      await vi.waitFor(async () => expect(await openStreams('tone')).toBe('0'), BUSY);
      await (await speak()).close();
    });
  });

  describe('lip-sync', () => {
    const open = (avatar = 'flat') => inference.lipSync.open({ avatar: Buffer.from(avatar), fps: 25 });
    const quiet = (ms: number) => new Int16Array(ms * 16);
    const seen = ({ rgba }: LipPatch) => rgba[0];

    it('gives a mouth for every frame of the sound, with its time and its place', async () => {
      await using stream = await open();
      for (let sentMs = 0; sentMs < 1000; sentMs += 100) stream.push(ramp(100), []);
      void stream.end();
      const patches = await collect(stream.patches);
      expect(patches.map(({ ptsSample }) => ptsSample)).toEqual(patches.map((_, index) => index * FRAME_SAMPLES));
      expect(patches).toHaveLength(25);
      expect(patches[7]).toMatchObject({ base: 0, width: 64, height: 64 });
      expect([...(patches[7]?.affine ?? [])]).toEqual([2, 0, 192, 0, 2, 192]);
      expect([...(patches[7]?.rgba.subarray(0, 4) ?? [])]).toEqual([7, 0, 255, 255]);
    });

    it('flashes where the sound is loud, to the frame', async () => {
      await using stream = await open('flash');
      stream.push(quiet(400), []);
      stream.push(
        ramp(80).map((sample) => sample % 30_000),
        [],
      );
      stream.push(quiet(400), []);
      void stream.end();
      const lit = (await collect(stream.patches)).filter((patch) => seen(patch) === 255);
      expect(lit.map(({ ptsSample }) => ptsSample)).toEqual([400 * 16, 440 * 16]);
    });

    it('takes an avatar of three megabytes', async () => {
      await using stream = await inference.lipSync.open({ avatar: Buffer.alloc(3_000_000, 'x'), fps: 25 });
      stream.push(quiet(100), [{ viseme: 'aa', startSample: 0, endSample: 800 }]);
      void stream.end();
      expect(await collect(stream.patches)).toHaveLength(3);
    });

    it('drops sound while the model is stopped, says how much, and is back in step when it goes on', async () => {
      const [pid = 0] = await processesWith(runDir, 'flat');
      await using stream = await open();
      const patches: LipPatch[] = [];
      const reading = (async () => {
        for await (const patch of stream.patches) patches.push(patch);
      })();
      stream.push(quiet(200), []);
      await vi.waitFor(() => expect(patches.length).toBeGreaterThan(2), BUSY);
      process.kill(pid, 'SIGSTOP');
      let droppedMs = 0;
      for (let sentMs = 0; sentMs < 5000; sentMs += 100) droppedMs += stream.push(quiet(100), []);
      process.kill(pid, 'SIGCONT');
      expect(droppedMs).toBeGreaterThan(2000);
      for (let sentMs = 0; sentMs < 400; sentMs += 100) stream.push(quiet(100), []);
      void stream.end();
      await reading;
      expect(patches.at(-1)?.ptsSample).toBe(5600 * 16 - FRAME_SAMPLES);
    });
  });

  describe('the preparation of avatars', () => {
    const prepare = async (width: number, height = 80) =>
      inference.avatarPreparation.prepare({ pictures: [await pictureOf(width, height)], fps: 25 });

    it('gives the face, where the head lies in each frame, and the clip', async () => {
      const prepared = await prepare(200);
      expect(prepared).toMatchObject({ size: 512, fps: 25, frames: 10, mouth: { x: 256, width: 60 } });
      expect(prepared.avatar.toString()).toBe('flat, of 1 pictures');
      expect(prepared.transforms).toHaveLength(60);
      expect(prepared.transforms[3 * 6 + 2]).toBe(3);
      expect(prepared.preview.subarray(0, 2)).toEqual(Buffer.of(0xff, 0xd8));
      const frames = await collect(prepared.clip);
      expect(frames.map((frame) => frame.length)).toEqual(Array.from({ length: 10 }, () => (512 * 512 * 3) / 2));
      expect(frames.map((frame) => frame[0])).toEqual([100, 101, 102, 103, 104, 105, 106, 107, 108, 109]);
    });

    it.each([
      [101, 'avatar.no_face', 'No face was found in the picture'],
      [102, 'avatar.several_faces', '2 faces were found in the picture: there must be one'],
      [103, 'avatar.face_too_small', 'The face is 40 pixels wide: at least 96 are needed'],
      [104, 'avatar.face_turned', 'The face is turned or tilted too far: it must look ahead, upright'],
    ])('says what is wrong with a picture (%i): %s', async (width, code, message) => {
      await expect(prepare(width)).rejects.toMatchObject({ code, message });
    });

    it('fails where the clip breaks off, and gives its slot back', async () => {
      const { clip } = await prepare(105);
      expect(await failureOf(clip)).toMatchObject({ code: 'inference.failed' });
      await vi.waitFor(async () => expect(await openStreams('easel')).toBe('0'), BUSY);
    });

    it('is cancelled with its owner', async () => {
      const owner = new AbortController();
      const { clip } = await inference.avatarPreparation.prepare({
        pictures: [await pictureOf(200, 80)],
        fps: 25,
        signal: owner.signal,
      });
      owner.abort();
      expect(await failureOf(clip)).toMatchObject({ code: 'inference.cancelled' });
      await vi.waitFor(async () => expect(await openStreams('easel')).toBe('0'), BUSY);
    });
  });

  it('frees the place of a lip stream that nobody reads', async () => {
    const stream: LipStream = await inference.lipSync.open({ avatar: Buffer.from('flat'), fps: 25 });
    for (let sentMs = 0; sentMs < 10_000; sentMs += 100) {
      stream.push(new Int16Array(1600), []);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await stream.close();
    await vi.waitFor(async () => expect(await openStreams('flat')).toBe('0'), BUSY);
  });
});
