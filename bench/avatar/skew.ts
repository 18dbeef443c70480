import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Page } from 'playwright-core';
import { chromiumPath } from '../../test/fixtures/chromium.ts';
import { pictureOf } from '../../test/fixtures/pictures.ts';
import { AvatarServer } from './avatarServer.ts';
import { BEEPS, FLASH_VOICE, FLASHES_WIDTH, FlashModels } from './flashModels.ts';
import { arrives, listenAndLook } from './skewPage.ts';
import { pair, type SkewFigures, type SkewPoint, skewFigures } from './skewScore.ts';

/** A browser brings a new picture into step with its sound by and by. */
const SETTLED_MS = 20_000;
const VIEWERS = 2;
const ROOM = 'skew';

export interface ViewerSkew {
  readonly seen: readonly SkewPoint[];
  /** What the SDK tells of the same viewer, once a second. */
  readonly told: readonly SkewPoint[];
  readonly seenFigures: SkewFigures;
  readonly toldFigures: SkewFigures;
  readonly beeps: number;
  readonly flashes: number;
}

export interface SkewRun {
  readonly seconds: number;
  readonly viewers: readonly ViewerSkew[];
}

/** Two pages watch an avatar that beeps and flashes at the same sample, and tell when they heard and saw it. */
export async function measureSkew(seconds: number): Promise<SkewRun> {
  await using models = await FlashModels.create();
  await using server = await AvatarServer.start(models.folders);
  const picture = new Blob([Uint8Array.from(await pictureOf(FLASHES_WIDTH, 90))]);
  const avatarId = await server.createFace(picture);
  const avatar = await server.place(ROOM, { name: 'Metronome', avatarId, voice: FLASH_VOICE });
  const browser = await chromium.launch({
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    args: ['--no-sandbox', '--disable-quic', '--autoplay-policy=no-user-gesture-required'],
  });
  try {
    const pages: Page[] = [];
    for (let at = 0; at < VIEWERS; at += 1) {
      // The page's own policy allows no code but its own: what measures is not.
      const context = await browser.newContext({ bypassCSP: true, viewport: { width: 900, height: 700 } });
      const page = await context.newPage();
      const query = new URLSearchParams({
        room: ROOM,
        name: `Viewer ${at + 1}`,
        autojoin: '1',
        camera: '0',
        microphone: '0',
      });
      await page.goto(`${server.url}/?${query}`);
      await page.locator(`[data-participant="${avatar.participantId}"] video`).waitFor();
      pages.push(page);
    }
    for (const page of pages) {
      await page.waitForFunction(arrives(avatar.participantId));
      await page.evaluate(listenAndLook(avatar.participantId));
    }
    const endsAtMs = performance.now() + seconds * 1000;
    let said = avatar.say(BEEPS, true);
    while (performance.now() < endsAtMs) {
      const next = avatar.say(BEEPS, true); // waits behind it
      await Promise.race([said, sleep(Math.max(0, endsAtMs - performance.now()))]);
      said = next;
    }
    await avatar.stop();
    const viewers: ViewerSkew[] = [];
    for (const page of pages) viewers.push(await read(page));
    return { seconds, viewers };
  } finally {
    await browser.close();
  }
}

async function read(page: Page): Promise<ViewerSkew> {
  const noted = await page.evaluate<{ beeps: number[]; flashes: number[]; told: [number, number][] }>('window.noted');
  const seen = pair(noted.flashes, noted.beeps);
  const [first = 0] = noted.beeps;
  const told = noted.told.map(([atMs, skewMs]) => ({ atMs: atMs - first, skewMs }));
  return {
    seen,
    told,
    seenFigures: skewFigures(seen, SETTLED_MS),
    toldFigures: skewFigures(told, SETTLED_MS),
    beeps: noted.beeps.length,
    flashes: noted.flashes.length,
  };
}
