import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transcriptionRoutes } from '../../../server/features/transcriptions/transcriptionRoutes.ts';
import { createApp } from '../../../server/http/app.ts';
import type { Participant } from '../../../server/rooms/participant.ts';
import { systemClock } from '../../../server/streams/clock.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { noMetrics } from '../../../server/streams/metrics.ts';
import { lacks, NO_MODELS, NO_TEST_DATA, NO_TRITON } from '../../fixtures/lacks.ts';
import { CaptionServer, hasModels, type SpokenCall } from '../../fixtures/spokenCall.ts';
import { dataFile, hasTestData, references } from '../../fixtures/testData.ts';
import { hasTriton } from '../../fixtures/triton.ts';
import { concatenate, readWav, type Sound } from '../../fixtures/wav.ts';
import { wordErrorRate } from '../../fixtures/wer.ts';

const clip = (name: string): Promise<Sound> => readWav(dataFile(`speech/en/${name}`));

/** What a transcription answers, as far as it is looked at here. */
interface Result {
  text: string;
  durationMs: number;
  lines: { words: { startMs: number }[] }[];
}

const canRun = ![lacks(hasTestData, NO_TEST_DATA), lacks(hasTriton, NO_TRITON), lacks(hasModels, NO_MODELS)].includes(
  true,
);
let server: CaptionServer;
let texts: Map<string, string>;
const spokenText = (...names: string[]) => names.map((name) => texts.get(name) ?? '').join(' ');

beforeAll(async () => {
  if (!canRun) return;
  server = await CaptionServer.open();
  texts = await references('en');
});
afterAll(() => server?.[Symbol.asyncDispose]());

describe.skipIf(!canRun)('captions of real speech through real media and real models', () => {
  it.concurrent('tell what was said, with few word errors, while it is said', async () => {
    await using call = await server.openCall();
    const ann = await call.join('Ann');
    const speech = await call.speak(ann, await clip('jfk.wav'));
    const first = await call.entry(({ type }) => type === 'caption');
    await call.finished([speech]);
    const wer = wordErrorRate(spokenText('jfk.wav'), call.text());
    console.log(
      `jfk: WER ${percent(wer)}, first partial ${Math.round(first.atMs - speech.startedMs)} ms after the sound began`,
    );
    expect(wer).toBeLessThanOrEqual(0.15);
    expect(call.events('caption-gap')).toEqual([]);
  });

  it.concurrent('carry only their owner’s words when two people talk at once', async () => {
    await using call = await server.openCall();
    const [ann, bob] = [await call.join('Ann'), await call.join('Bob')];
    const speeches = await Promise.all([
      call.speak(ann, await clip('jfk.wav')),
      call.speak(bob, concatenate([await clip('sense_0920.wav'), 800, await clip('sense_0930.wav')])),
    ]);
    await call.finished(speeches);
    const [annText, bobText] = [call.text(ann.participantId), call.text(bob.participantId)];
    expect(wordErrorRate(spokenText('jfk.wav'), annText)).toBeLessThanOrEqual(0.15);
    expect(wordErrorRate(spokenText('sense_0920.wav', 'sense_0930.wav'), bobText)).toBeLessThanOrEqual(0.2);
    expect(annText.toLowerCase()).not.toMatch(/amiable|married|respectable/);
    expect(bobText.toLowerCase()).not.toMatch(/country|americans/);
  });

  it.each<[string, (call: SpokenCall, ann: Participant, trackId: string) => unknown]>([
    ['mutes', ({ room }, ann, trackId) => room.setTrackPaused(ann, trackId, true)],
    ['unplugs the microphone', ({ room }, ann, trackId) => room.closeTrack(ann, trackId)],
    ['leaves', ({ room }, ann) => room.leave(ann.participantId)],
  ])('are final, with the last word, within 1 s of it when the speaker %s right after it', async (way, act) => {
    await using call = await server.openCall();
    const ann = await call.join('Ann');
    const sound = await clip('sense_0880.wav'); // He was not an ill-disposed young man, | unless ...
    const { trackId, startedMs } = await call.speak(ann, { ...sound, pcm: sound.pcm.subarray(0, 2.6 * 16_000) });
    const endMs = startedMs + 2600;
    await sleep(endMs - call.room.clock.nowMs());
    const actedMs = call.room.clock.nowMs();
    await act(call, ann, trackId);
    const final = await call.entry(
      (event) => event.type === 'caption' && event.caption.final && /\bman\W*$/i.test(event.caption.text),
    );
    console.log(`${way}: final ${Math.round(final.atMs - endMs)} ms after the last word: ${call.text()}`);
    expect(final.atMs).toBeGreaterThan(actedMs);
    expect(final.atMs - endMs).toBeLessThan(1000);
    expect(call.events('caption').every(({ caption }) => caption.final)).toBe(true);
  });

  it.concurrent('place the words after 3 s of lost packets within 100 ms of where they stand without any loss', async () => {
    const [first, second] = [await clip('sense_0870.wav'), await clip('sense_0930.wav')];
    const sound = concatenate([first, 1000, second]);
    const startedMs = first.pcm.length / 16 + 1000;
    const wordsAfter = async (loses?: (index: number, atMs: number) => boolean) => {
      await using call = await server.openCall();
      const ann = await call.join('Ann');
      const speech = await call.speak(ann, sound, loses === undefined ? {} : { loses });
      await call.finished([speech]);
      const words = call.words().filter((word) => word.startMs - speech.startedMs >= startedMs - 200);
      const gaps = call.events('caption-gap').map(({ startMs, endMs, ...gap }) => ({
        ...gap,
        startMs: startMs - speech.startedMs,
        endMs: endMs - speech.startedMs,
      }));
      return { words: words.map((word) => ({ ...word, startMs: word.startMs - speech.startedMs })), gaps };
    };
    const [whole, lossy] = await Promise.all([wordsAfter(), wordsAfter((_, atMs) => atMs >= 2500 && atMs < 5500)]);
    expect(lossy.words.map(({ text }) => text)).toEqual(whole.words.map(({ text }) => text));
    const offsets = lossy.words.map(({ startMs }, index) => Math.abs(startMs - (whole.words[index]?.startMs ?? 0)));
    console.log(`after 3 s of loss words stand ${Math.round(Math.max(...offsets))} ms off at most`, lossy.gaps);
    expect(Math.max(...offsets)).toBeLessThanOrEqual(100);
    expect(lossy.gaps).toEqual([expect.objectContaining({ reason: 'packet-loss' })]);
    expect(lossy.gaps[0]?.startMs).toBeCloseTo(2500, -2);
    expect(lossy.gaps[0]?.endMs).toBeCloseTo(5500, -2);
  });

  it('lose and double nothing when Triton is killed in the middle of sentences', async () => {
    const names = ['sense_0870.wav', 'sense_0890.wav'];
    const clips = await Promise.all(names.map(clip));
    const sound = concatenate(clips.flatMap((part) => [part, 900]));
    const heard = async (killsAtMs: readonly number[]) => {
      await using call = await server.openCall();
      const ann = await call.join('Ann');
      const speech = await call.speak(ann, sound);
      for (const atMs of killsAtMs) {
        await sleep(Math.max(0, speech.startedMs + atMs - call.room.clock.nowMs()));
        await server.killTriton();
      }
      await call.finished([speech], 30_000);
      expect(call.events('caption-gap')).toEqual([]);
      return call.text();
    };
    const undisturbed = await heard([]);
    const killed = await heard([3500, 10_500]);
    const [before, after] = [undisturbed, killed].map((text) => wordErrorRate(spokenText(...names), text));
    console.log(`WER ${percent(before ?? 1)} undisturbed, ${percent(after ?? 1)} through 2 kills: ${killed}`);
    expect(after ?? 1).toBeLessThanOrEqual((before ?? 0) + 0.02);
    expect(doubledFourGrams(killed, spokenText(...names))).toEqual([]);
  }, 120_000);
});

describe.skipIf(!canRun)('files transcribed by real models', () => {
  let close: () => Promise<void>;
  let url: string;

  beforeAll(async () => {
    const { speechToText } = server.inference;
    const parts = { clock: systemClock, log: silentLog, metrics: noMetrics };
    const app = await createApp({
      routes: [transcriptionRoutes({ speechToText, ...parts })],
      readiness: () => ({}),
      metrics: { contentType: 'text/plain', expose: async () => '' },
      demoDir: undefined,
      maxUploadBytes: 50_000_000,
      log: silentLog,
    });
    close = () => app.close();
    url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/api/transcriptions`;
    await server.ready();
  });
  afterAll(() => close?.());

  const transcribe = (body: Uint8Array<ArrayBuffer>) =>
    fetch(`${url}?language=en`, { method: 'POST', body, headers: { 'content-type': 'audio/wav' } });

  it('read a WAV faster than it was spoken, with few word errors and times in order', async () => {
    const startedMs = performance.now();
    const answer = await transcribe(await readFile(dataFile('speech/en/jfk.wav')));
    const tookMs = performance.now() - startedMs;
    const { text, durationMs, lines } = (await answer.json()) as Result;
    const wer = wordErrorRate(spokenText('jfk.wav'), text);
    console.log(`jfk.wav: WER ${percent(wer)}, ${(11_000 / tookMs).toFixed(1)} times real time`);
    expect(answer.status).toBe(200);
    expect(wer).toBeLessThanOrEqual(0.15);
    expect(tookMs).toBeLessThan(11_000);
    expect(durationMs).toBe(11_000);
    const starts = lines.flatMap(({ words }) => words.map(({ startMs }) => startMs));
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(starts.at(-1)).toBeLessThan(durationMs);
  });

  it('refuse a file that is not audio', async () => {
    const answer = await transcribe(new Uint8Array(await readFile(import.meta.filename)));
    expect([answer.status, await answer.json()]).toEqual([
      415,
      { error: expect.objectContaining({ code: 'transcription.not_audio' }) },
    ]);
  });
});

function doubledFourGrams(text: string, spoken: string): string[] {
  const grams = (said: string) => {
    const words = said
      .toLowerCase()
      .replace(/[^a-z' ]/g, '')
      .split(/\s+/);
    return words.slice(3).map((_, index) => words.slice(index, index + 4).join(' '));
  };
  const known = grams(spoken);
  const count = (list: string[], gram: string) => list.filter((candidate) => candidate === gram).length;
  const heard = grams(text);
  return heard.filter((gram) => count(heard, gram) > Math.max(1, count(known, gram)));
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
