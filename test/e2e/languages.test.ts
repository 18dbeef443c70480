import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasApertium, NO_APERTIUM } from '../fixtures/apertium.ts';
import { BrowserPerson } from '../fixtures/chromium.ts';
import { lacks, NO_TEST_DATA } from '../fixtures/lacks.ts';
import { ServerProcess } from '../fixtures/serverProcess.ts';
import { dataFile, hasTestData } from '../fixtures/testData.ts';
import { readWav } from '../fixtures/wav.ts';

const missing = lacks(hasTestData, NO_TEST_DATA) || lacks(hasApertium(), NO_APERTIUM);

describe.skipIf(missing)('a call that each reads in their own language', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await ServerProcess.start();
    await server.ready();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('is translated once a language, corrected for everybody, and found again', async () => {
    await expect.poll(async () => (await offered(server)).includes('apertium:ready'), { timeout: 60_000 }).toBe(true);
    await using asha = await BrowserPerson.open({ microphone: await readWav(dataFile('speech/en/jfk.wav')) });
    await using benita = await BrowserPerson.open();
    await using claire = await BrowserPerson.open();
    await using benito = await BrowserPerson.open();
    const quiet = { camera: '0', microphone: '0' };
    await benita.join(server.url, 'babel', 'Benita', { ...quiet, captions: 'es' });
    await benito.join(server.url, 'babel', 'Benito', { ...quiet, captions: 'es' });
    await claire.join(server.url, 'babel', 'Claire', { ...quiet, captions: 'fr' });
    await asha.join(server.url, 'babel', 'Asha', { language: 'en', camera: '0' });

    const translated = (person: BrowserPerson) =>
      person.page.locator('[data-testid="transcript-entry"] [data-testid="translation"][data-final="true"]');
    const readBy = async (person: BrowserPerson) => (await translated(person).allTextContents()).join(' ');
    await expect.poll(() => readBy(benita), { timeout: 40_000 }).toMatch(/país/);
    await expect.poll(() => readBy(claire), { timeout: 20_000 }).toMatch(/pays/);
    await expect.poll(() => readBy(benito), { timeout: 20_000 }).toBe(await readBy(benita));

    const finals = asha.page.locator('[data-testid="transcript-entry"][data-final="true"]');
    await expect.poll(() => finals.last().textContent(), { timeout: 20_000 }).toMatch(/country/i);
    const spoken = await finals.count();
    await expect.poll(() => requestsFor(server, 'es'), { timeout: 20_000 }).toBe(spoken);
    await expect.poll(() => requestsFor(server, 'fr'), { timeout: 20_000 }).toBe(spoken);

    await finals.last().hover();
    await finals.last().getByTestId('caption-edit').click();
    await asha.page.getByTestId('caption-editor').fill('what the people can do for your country');
    await asha.page.getByTestId('caption-editor').press('Enter');
    await expect.poll(() => finals.last().textContent(), { timeout: 10_000 }).toMatch(/what the people.*corrected/);
    await expect.poll(() => readBy(benita), { timeout: 20_000 }).toMatch(/gente|personas|pueblo/);

    await asha.page.getByTestId('open-search').click();
    await asha.page.getByTestId('search-text').fill('people count');
    const hits = asha.page.getByTestId('search-hit');
    const search = async () => {
      await asha.page.getByTestId('search').click();
      await asha.page.waitForTimeout(300);
      return hits.count();
    };
    await expect.poll(search, { timeout: 20_000, interval: 500 }).toBe(1);
    expect(await hits.first().textContent()).toContain('Asha');
  });
});

interface Readiness {
  parts: { captions: { models: { name: string; state: string }[] } };
}

async function offered(server: ServerProcess): Promise<string[]> {
  const { parts } = await server.json<Readiness>('/readyz');
  return parts.captions.models.map(({ name, state }) => `${name}:${state}`);
}

/** Finals that were translated into `language`, as the server counts them. */
async function requestsFor(server: ServerProcess, language: string): Promise<number> {
  const text = await (await fetch(new URL('/metrics', server.url))).text();
  return Number(new RegExp(`tritone_translation_ms_count\\{language="${language}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
}
