import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barriersOf } from '../fixtures/barriers.ts';
import { BrowserPerson } from '../fixtures/chromium.ts';
import { lacks, NO_TEST_DATA } from '../fixtures/lacks.ts';
import { policyViolations } from '../fixtures/policyViolations.ts';
import { ServerProcess } from '../fixtures/serverProcess.ts';
import { dataFile, hasTestData } from '../fixtures/testData.ts';
import { processesWith } from '../fixtures/triton.ts';
import { concatenate, readWav } from '../fixtures/wav.ts';

/** Tiles whose picture has arrived and moves. */
function playingTiles(person: BrowserPerson): Promise<number> {
  const isPlaying = 'video => video.videoWidth > 0 && !video.paused';
  return person.page.evaluate<number>(
    `[...document.querySelectorAll('[data-testid="tile"] video')].filter(${isPlaying}).length`,
  );
}

describe('a call', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await ServerProcess.start();
    await server.ready();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('shows everybody to everybody, and takes who leaves away', async () => {
    await using asha = await BrowserPerson.open();
    await using ben = await BrowserPerson.open();
    await Promise.all([asha.join(server.url, 'faces', 'Asha'), ben.join(server.url, 'faces', 'Ben')]);
    await expect.poll(() => playingTiles(asha), { timeout: 20_000 }).toBe(2);
    await expect.poll(() => playingTiles(ben), { timeout: 20_000 }).toBe(2);
    await ben.page.getByTestId('leave').click();
    await expect.poll(() => asha.page.getByTestId('tile').count()).toBe(1);
  });

  it("keeps within the server's content policy, as the pages of the documentation do", async () => {
    await using asha = await BrowserPerson.open();
    const violations = await policyViolations(asha.page);
    await asha.join(server.url, 'policy', 'Asha');
    await expect.poll(() => playingTiles(asha), { timeout: 20_000 }).toBe(1);
    await asha.page.goto(`${server.url}/docs`);
    await asha.page.locator('.opblock-summary').first().click();
    await expect.poll(() => asha.page.locator('.opblock-body').count()).toBeGreaterThan(0);
    expect(violations).toEqual([]);
  });

  it.each(['none', 'refused'] as const)('lets someone join whose microphone is %s', async (devices) => {
    await using asha = await BrowserPerson.open({ devices });
    await asha.join(server.url, `devices-${devices}`, 'Asha');
    await expect.poll(() => asha.page.getByTestId('tile').count()).toBe(1);
  });

  it('goes through the lobby as a person would', async () => {
    await using asha = await BrowserPerson.open();
    await asha.page.goto(server.url);
    await asha.page.getByTestId('lobby-name').fill('Asha');
    await asha.page.getByTestId('lobby-room').fill('by-hand');
    await asha.page.getByTestId('join').click();
    await asha.page.getByTestId('leave').waitFor();
    const mute = asha.page.getByTestId('mute');
    await mute.click();
    await expect.poll(() => mute.getAttribute('aria-label')).toMatch(/unmute/i);
    await asha.page.keyboard.press('m');
    await expect.poll(() => mute.getAttribute('aria-label')).toMatch(/^mute/i);
  });

  it('bars nobody: axe finds nothing in the lobby or the call', async () => {
    await using asha = await BrowserPerson.open({ viewport: { width: 390, height: 844 } });
    await asha.page.goto(server.url);
    await asha.page.getByTestId('join').waitFor();
    expect(await barriersOf(asha.page)).toEqual([]);
    await asha.join(server.url, 'axe', 'Asha');
    expect(await barriersOf(asha.page)).toEqual([]);
  });

  it.skipIf(lacks(hasTestData, NO_TEST_DATA))('goes on, captions too, when a media worker is killed', async () => {
    const speech = await readWav(dataFile('speech/en/jfk.wav'));
    await using asha = await BrowserPerson.open({ microphone: concatenate([speech, 4000, speech]) });
    await asha.join(server.url, 'worker', 'Asha', { language: 'en', camera: '0' });
    const entries = asha.page.locator('[data-testid="transcript-entry"][data-final="true"]');
    await entries.first().waitFor({ timeout: 20_000 });
    const children = await processesWith('mediasoup-worker');
    for (const pid of children) if ((await parentOf(pid)) === server.process.pid) process.kill(pid, 'SIGKILL');
    const before = await entries.count();
    await expect.poll(() => entries.count(), { timeout: 40_000 }).toBeGreaterThan(before + 1);
    await expect.poll(() => entries.last().textContent(), { timeout: 20_000 }).toMatch(/country/i);
  });
});

async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}
