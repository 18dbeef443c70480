import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barriersOf } from '../fixtures/barriers.ts';
import { BrowserPerson } from '../fixtures/chromium.ts';
import { lacks, NO_MODELS, NO_TRITON } from '../fixtures/lacks.ts';
import { policyViolations } from '../fixtures/policyViolations.ts';
import { SpeakingServer } from '../fixtures/speakingServer.ts';
import { hasModels } from '../fixtures/spokenCall.ts';
import { hasTriton } from '../fixtures/triton.ts';

const PHONE = { width: 390, height: 844 };
const missing = lacks(hasTriton, NO_TRITON) || lacks(hasModels, NO_MODELS);

describe.skipIf(missing)('the studio', () => {
  let server: SpeakingServer;
  beforeAll(async () => {
    server = await SpeakingServer.start();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  it('gives a face a voice, lets it speak in a call that others can join, and tells how fast it was', async () => {
    await using asha = await BrowserPerson.open({ devices: 'none' });
    const violations = await policyViolations(asha.page);
    const { page } = asha;
    await page.goto(`${server.url}/studio/`);
    await page.getByTestId('face-bundled').check({ force: true });
    await page.getByLabel('Voice').selectOption('piper/joe');
    await page.getByLabel('Name in the call').fill('Ada');
    expect(await barriersOf(page)).toEqual([]);
    await page.getByTestId('studio-open').click();

    await page.getByTestId('studio-text').fill('Welcome to the studio. It is good to see you.');
    await page.getByTestId('studio-say').click();
    await expect.poll(() => page.getByTestId('studio-heard').textContent(), { timeout: 30_000 }).toContain('Welcome');
    await expect
      .poll(() => timings(asha), { timeout: 30_000 })
      .toEqual({
        'First sound': expect.any(Number),
        'First lips': expect.any(Number),
        'Heard here': expect.any(Number),
      });
    await expect
      .poll(() => page.getByTestId('studio-heard').textContent(), { timeout: 30_000 })
      .toBe('Welcome to the studio. It is good to see you.');
    expect(await barriersOf(page)).toEqual([]);

    await using ben = await BrowserPerson.open({ devices: 'none' });
    const room = new URL((await page.getByTestId('studio-room').getAttribute('href')) ?? '').searchParams.get('room');
    await ben.join(server.url, room ?? '', 'Ben', { camera: '0', microphone: '0' });
    await expect.poll(() => ben.page.getByTestId('synthetic').count(), { timeout: 20_000 }).toBe(1);
    await page.getByTestId('studio-end').click();
    await expect.poll(() => ben.page.getByTestId('synthetic').count(), { timeout: 20_000 }).toBe(0);
    await page.getByTestId('studio-steps').waitFor();
    expect(violations).toEqual([]);
  });

  it('stops in the middle of a text, and can be used on a telephone', async () => {
    await using asha = await BrowserPerson.open({ devices: 'none', viewport: PHONE });
    const { page } = asha;
    await page.goto(`${server.url}/studio/`);
    await page.getByLabel('Voice').selectOption('piper/joe');
    await page.getByTestId('studio-open').click();
    const text = 'One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen.';
    await page.getByTestId('studio-text').fill(text);
    await page.getByTestId('studio-say').click();
    await expect.poll(() => page.getByTestId('studio-heard').textContent(), { timeout: 30_000 }).toContain('two');
    await page.getByTestId('studio-stop').click();
    await expect.poll(() => page.getByTestId('studio-stop').isDisabled()).toBe(true);
    expect(await page.getByTestId('studio-heard').textContent()).not.toContain('sixteen');
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await page.evaluate<number>(overflow)).toBe(0);
    expect(await barriersOf(page)).toEqual([]);
  });
});

/** What the page shows of the last text, ms; without what it does not know yet, and without the skew. */
async function timings({ page }: BrowserPerson): Promise<Record<string, number>> {
  const rows = await page.getByTestId('timings').locator('div').allInnerTexts();
  const pairs = rows.map((row) => row.split('\n')).map(([term = '', value = '']) => [term, Number.parseFloat(value)]);
  return Object.fromEntries(
    pairs.filter(([term, ms]) => !String(term).startsWith('Picture') && Number.isFinite(Number(ms))),
  );
}
