import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserPerson } from '../fixtures/chromium.ts';
import { lacks, NO_MODELS, NO_TRITON } from '../fixtures/lacks.ts';
import { SpeakingServer } from '../fixtures/speakingServer.ts';
import { hasModels } from '../fixtures/spokenCall.ts';
import { hasTriton } from '../fixtures/triton.ts';

/** Of the 25 that are sent; a browser without a graphics card drops some. */
const LEAST_FPS = 20;
const LOUD = 0.02;
/** As narrow as a bad mobile line: 200 kbit/s, in the bytes of the DevTools protocol. */
const NARROW = { offline: false, latency: 0, downloadThroughput: 200_000 / 8, uploadThroughput: -1 };
const WATCH = { language: 'en', camera: '0', microphone: '0' };
const VOICE = { name: 'Ada', voice: 'piper/joe', language: 'en' };

const TEXT = 'Good morning, everybody. My name is Ada. The quick brown fox jumps over the lazy dog.';
const LONG = `We begin by the river, follow the wall to the old mill, and rest under the trees for a while; then we cross the
  bridge, climb the hill behind the village, and look back over the whole valley before the sun goes down.`;

const missing = lacks(hasTriton, NO_TRITON) || lacks(hasModels, NO_MODELS);

describe.skipIf(missing)('an avatar in a real browser', () => {
  let server: SpeakingServer;
  beforeAll(async () => {
    server = await SpeakingServer.start();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  it('is placed over REST, marked as synthetic, seen to move, heard, and captioned word by word from its own text', async () => {
    await using asha = await BrowserPerson.open();
    await asha.join(server.url, 'presenter', 'Asha', WATCH);
    const ada = await server.place('presenter', VOICE);
    const tile = asha.page.locator(`[data-testid="tile"][data-participant="${ada.participantId}"]`);
    await expect.poll(() => tile.getByTestId('synthetic').textContent()).toContain('Synthetic');
    await expect.poll(() => pictureOf(asha, ada.participantId), { timeout: 30_000 }).toMatchObject({ playing: true });

    await follow(asha, ada.participantId);
    const said = ada.say(TEXT, true);
    await expect.poll(() => levelOf(asha, ada.participantId), { timeout: 20_000, interval: 50 }).toBeGreaterThan(LOUD);
    await expect.poll(() => fpsOf(asha, ada.participantId), { timeout: 40_000 }).toBeGreaterThanOrEqual(LEAST_FPS);
    expect(await said).toMatchObject({ state: 'said', heardText: TEXT });

    await expect.poll(async () => sentencesIn(await revisions(asha))).toEqual(TEXT.split(/(?<=\.) /));
    const shown = await revisions(asha);
    const words = shown.filter(({ final }) => !final).map(({ text }) => text.split(' ').length);
    expect(words.length).toBeGreaterThanOrEqual(TEXT.split(' ').length / 2);
    for (const { text } of shown) expect(TEXT).toContain(text);
    await expect
      .poll(() => asha.page.locator('[data-testid="transcript-entry"][data-final="true"]').allTextContents())
      .toHaveLength(3);
  });

  it('is cut at the word that was heard when it is stopped, in the page as in the answer', async () => {
    await using asha = await BrowserPerson.open();
    await asha.join(server.url, 'stopped', 'Asha', WATCH);
    const ada = await server.place('stopped', VOICE);
    await follow(asha, ada.participantId);
    const { utteranceId } = await ada.say(LONG);
    await expect
      .poll(async () => (await revisions(asha)).at(-1)?.text.split(' ').length ?? 0, { timeout: 20_000, interval: 50 })
      .toBeGreaterThanOrEqual(5);
    const [stopped] = await ada.stop();
    expect(stopped).toMatchObject({ utteranceId, state: 'cut' });
    const { heardText = '' } = stopped ?? {};
    expect(LONG.replace(/\s+/g, ' ').startsWith(heardText)).toBe(true);
    expect(heardText.length).toBeLessThan(LONG.length / 2);
    const finals = asha.page.locator('[data-testid="transcript-entry"][data-final="true"]');
    const text = async () => (await finals.getByTestId('transcript-text').allTextContents()).join(' ');
    await expect.poll(text).toBe(heardText);
    await expect.poll(() => levelOf(asha, ada.participantId), { interval: 50 }).toBeLessThan(LOUD);
  });

  it('is sent smaller to the one of two viewers whose line is narrow, and to no other', async () => {
    await using wide = await BrowserPerson.open();
    await using narrow = await BrowserPerson.open();
    const devTools = await narrow.page.context().newCDPSession(narrow.page);
    await devTools.send('Network.emulateNetworkConditions', { ...NARROW, packetLoss: 0, packetQueueLength: 20 });
    const ada = await server.place('layers', VOICE);
    await wide.join(server.url, 'layers', 'Wide', WATCH);
    await narrow.join(server.url, 'layers', 'Narrow', WATCH);
    const width = async (person: BrowserPerson) => (await pictureOf(person, ada.participantId)).width;
    await expect.poll(() => width(wide), { timeout: 60_000, interval: 500 }).toBe(512);
    await expect.poll(() => width(narrow), { timeout: 60_000, interval: 500 }).toBe(256);
    await wide.page.waitForTimeout(5000);
    expect(await width(wide)).toBe(512);
    expect(await width(narrow)).toBe(256);
  });
});

interface Revision {
  readonly id: string;
  readonly text: string;
  readonly final: boolean;
}

/** Runs in the page: what it is told of a participant's captions from now on, revision by revision. */
async function follow(person: BrowserPerson, participantId: string): Promise<void> {
  await person.page.evaluate(`
    window.revisions = [];
    window.tritone.events.on('caption', ({ id, text, final, participantId }) => {
      if (participantId === '${participantId}') window.revisions.push({ id, text, final });
    });
  `);
}

function revisions(person: BrowserPerson): Promise<Revision[]> {
  return person.page.evaluate<Revision[]>('window.revisions');
}

function sentencesIn(all: readonly Revision[]): string[] {
  return all.filter(({ final }) => final).map(({ text }) => text);
}

/** As the page plays it; 0 in silence. */
function levelOf(person: BrowserPerson, participantId: string): Promise<number> {
  return person.page.evaluate<number>(`window.tritone.audioLevel('${participantId}')`);
}

const VIDEO = (participantId: string) => `document.querySelector('[data-participant="${participantId}"] video')`;

async function pictureOf(person: BrowserPerson, participantId: string): Promise<{ playing: boolean; width: number }> {
  const video = VIDEO(participantId);
  return person.page.evaluate(
    `({ playing: ${video} !== null && !${video}.paused && ${video}.currentTime > 0, width: ${video}?.videoWidth ?? 0 })`,
  );
}

/** Pictures that were shown in two seconds. */
function fpsOf(person: BrowserPerson, participantId: string): Promise<number> {
  return person.page.evaluate<number>(`new Promise((resolve) => {
    const video = ${VIDEO(participantId)};
    const before = { frames: video.getVideoPlaybackQuality().totalVideoFrames, atMs: performance.now() };
    setTimeout(() => {
      const frames = video.getVideoPlaybackQuality().totalVideoFrames - before.frames;
      resolve((1000 * frames) / (performance.now() - before.atMs));
    }, 2000);
  })`);
}
