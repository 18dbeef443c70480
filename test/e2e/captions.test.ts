import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserPerson } from '../fixtures/chromium.ts';
import { CuttableProxy } from '../fixtures/cuttableProxy.ts';
import { lacks, NO_TEST_DATA } from '../fixtures/lacks.ts';
import { ServerProcess } from '../fixtures/serverProcess.ts';
import { dataFile, hasTestData, references } from '../fixtures/testData.ts';
import { concatenate, readWav, type Sound } from '../fixtures/wav.ts';
import { wordErrorRate } from '../fixtures/wer.ts';

/** Recognition itself makes some errors; a caption path that loses or mixes words makes many more. */
const MAX_WER = 0.2;

/** From the microphone to the network; what is on this way when a tab is closed goes with it. */
const IN_THE_BROWSER_MS = 200;

const jfk = 'and so my fellow americans ask not what your country can do for you ask what you can do for your country';

interface ShownCaption {
  id: string;
  name: string;
  text: string;
}

/** From the first loud sample to the last. */
function lengthOfTalkMs({ pcm, sampleRate }: Sound): number {
  const isLoud = (sample: number) => Math.abs(sample) > 0.02 * 32_768;
  return ((pcm.findLastIndex(isLoud) - pcm.findIndex(isLoud)) * 1000) / sampleRate;
}

/** The finals that the page shows in its transcript, in order. */
function shownFinals(person: BrowserPerson): Promise<ShownCaption[]> {
  return person.page.locator('[data-testid="transcript-entry"][data-final="true"]').evaluateAll((entries) =>
    entries.map((entry) => ({
      id: entry.getAttribute('data-caption-id') ?? '',
      name: entry.querySelector('[data-testid="transcript-name"]')?.textContent ?? '',
      text: entry.querySelector('[data-testid="transcript-text"]')?.textContent ?? '',
    })),
  );
}

async function textOf(person: BrowserPerson, name: string): Promise<string> {
  const finals = await shownFinals(person);
  return finals
    .filter((caption) => caption.name === name)
    .map(({ text }) => text)
    .join(' ');
}

describe.skipIf(lacks(hasTestData, NO_TEST_DATA))('captions in a real browser', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await ServerProcess.start();
    await server.ready();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('writes a spoken sentence while it is spoken, and in full after it', async () => {
    await using asha = await BrowserPerson.open({ microphone: await readWav(dataFile('speech/en/jfk.wav')) });
    await asha.join(server.url, 'one', 'Asha', { language: 'en', camera: '0' });
    await asha.page.locator('[data-testid="caption"][data-final="false"]').first().waitFor();
    await expect
      .poll(() => textOf(asha, 'Asha').then((text) => wordErrorRate(jfk, text)), { timeout: 30_000 })
      .toBeLessThan(MAX_WER);
  });

  it('gives two people who talk over each other each their own words, to a late joiner too', async () => {
    const texts = await references('en');
    const [first, second] = ['sense_0870.wav', 'jfk.wav'];
    await using asha = await BrowserPerson.open({ microphone: await readWav(dataFile(`speech/en/${first}`)) });
    await using ben = await BrowserPerson.open({ microphone: await readWav(dataFile(`speech/en/${second}`)) });
    await Promise.all([
      asha.join(server.url, 'two', 'Asha', { language: 'en', camera: '0' }),
      ben.join(server.url, 'two', 'Ben', { language: 'en', camera: '0' }),
    ]);
    const spoken = { Asha: texts.get(first) ?? '', Ben: texts.get(second) ?? '' };
    const errors = async (reader: BrowserPerson) => ({
      Asha: wordErrorRate(spoken.Asha, await textOf(reader, 'Asha')),
      Ben: wordErrorRate(spoken.Ben, await textOf(reader, 'Ben')),
    });
    const right = {
      Asha: expect.toSatisfy((wer: number) => wer < 0.35),
      Ben: expect.toSatisfy((wer: number) => wer < 0.35),
    };
    await expect.poll(() => errors(ben), { timeout: 40_000, interval: 500 }).toEqual(right);
    await using late = await BrowserPerson.open();
    await late.join(server.url, 'two', 'Late', { language: 'en', camera: '0' });
    await expect.poll(() => shownFinals(late), { timeout: 10_000 }).toEqual(await shownFinals(ben));
  });

  it('comes back by itself when the connection drops, with no caption missing or doubled', async () => {
    const speech = await readWav(dataFile('speech/en/jfk.wav'));
    await using network = await CuttableProxy.open(server.url);
    await using asha = await BrowserPerson.open({ microphone: concatenate([speech, 1000, speech]) });
    await using ben = await BrowserPerson.open();
    await ben.join(network.url, 'drop', 'Ben', { language: 'en', camera: '0' });
    await asha.join(server.url, 'drop', 'Asha', { language: 'en', camera: '0' });
    await ben.page.locator('[data-testid="transcript-entry"]').first().waitFor();
    network.cut();
    await ben.page.waitForTimeout(4000);
    network.mend();
    await expect
      .poll(() => textOf(asha, 'Asha').then((text) => wordErrorRate(`${jfk} ${jfk}`, text)), { timeout: 60_000 })
      .toBeLessThan(MAX_WER);
    await expect.poll(() => shownFinals(ben), { timeout: 20_000 }).toEqual(await shownFinals(asha));
    const ids = (await shownFinals(ben)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(['mute', 'leave', 'close the tab'])(
    'still writes the last words of someone who is quick to %s',
    async (way) => {
      // Nothing after the last word tells the recogniser that the sentence is over.
      const speech = await readWav(dataFile('speech/en/sense_0870.wav'));
      await using ben = await BrowserPerson.open();
      const room = `last-${way.replaceAll(' ', '-')}`;
      await ben.join(server.url, room, 'Ben', { language: 'en', camera: '0' });
      await using asha = await BrowserPerson.open({ microphone: speech });
      await asha.join(server.url, room, 'Asha', { language: 'en', camera: '0' });
      await asha.hasSpoken(lengthOfTalkMs(speech) + IN_THE_BROWSER_MS);
      const actedMs = performance.now();
      if (way === 'mute') await asha.page.getByTestId('mute').click();
      else if (way === 'leave') await asha.page.getByTestId('leave').click();
      else await asha.page.close({ runBeforeUnload: true });
      await expect
        .poll(() => textOf(ben, 'Asha'), { timeout: 8000, interval: 50 })
        .toMatch(/power to do for them\W*$/i);
      const tookMs = performance.now() - actedMs;
      console.log(`${way}: the last words stand in the page ${Math.round(tookMs)} ms after it`);
      expect(tookMs).toBeLessThan(3000);
      expect(await ben.page.locator('[data-testid="transcript-entry"][data-final="false"]').count()).toBe(0);
    },
  );
});

describe.skipIf(lacks(hasTestData, NO_TEST_DATA))('a call from another machine', () => {
  it('is captioned over https and the address of the network', async () => {
    await using server = await ServerProcess.start();
    const { networkUrl } = server;
    if (networkUrl === undefined) throw new Error('this machine has no address on a network, or no certificate');
    await server.ready();
    await using asha = await BrowserPerson.open({ microphone: await readWav(dataFile('speech/en/sense_0880.wav')) });
    await asha.join(networkUrl, 'far', 'Asha', { language: 'en', camera: '0' });
    const spoken = (await references('en')).get('sense_0880.wav') ?? '';
    await expect
      .poll(() => textOf(asha, 'Asha').then((text) => wordErrorRate(spoken, text)), { timeout: 30_000 })
      .toBeLessThan(0.35);
  });
});
