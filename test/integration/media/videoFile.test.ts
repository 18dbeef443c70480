import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultVideoLimits, readVideoPictures } from '../../../server/media/files/videoFile.ts';
import { seededRandom } from '../../fixtures/random.ts';
import { type VideoFileOptions, writeVideoFile } from '../../fixtures/videoFiles.ts';
import { VirtualClock } from '../../fixtures/virtualClock.ts';

const { signal } = new AbortController();
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tritone-video-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function video(options: Partial<VideoFileOptions> = {}): Promise<string> {
  files += 1;
  const container = options.container ?? 'mp4';
  const file = path.join(folder, `${files}.${container}`);
  const common = { container, width: 320, height: 240, fps: 25, pictures: 25, halves: () => [30, 200] as const };
  await writeVideoFile({ ...common, ...options, path: file });
  return file;
}

async function all(pictures: AsyncIterable<Buffer>): Promise<Buffer[]> {
  return Array.fromAsync(pictures);
}

/** 0…255 at a point given in parts of the picture. */
async function levelAt(jpeg: Buffer, right: number, down: number): Promise<number> {
  const { data, info } = await sharp(jpeg).greyscale().raw().toBuffer({ resolveWithObject: true });
  return (
    data[
      Math.floor(down * info.height) * info.width * info.channels + Math.floor(right * info.width) * info.channels
    ] ?? 0
  );
}

/** What a luma of limited range is on a screen. */
const shown = (luma: number) => ((luma - 16) * 255) / 219;

describe('readVideoPictures', () => {
  it.each(['mp4', 'webm'] as const)('reads %s: as many pictures as it shows, with their levels', async (container) => {
    const pictures = await all(readVideoPictures(await video({ container }), { signal }));
    expect(pictures.length).toBe(25);
    const first = pictures[0] ?? Buffer.alloc(0);
    expect(await sharp(first).metadata()).toMatchObject({ format: 'jpeg', width: 320, height: 240 });
    expect(Math.abs((await levelAt(first, 0.25, 0.5)) - shown(30))).toBeLessThan(4);
    expect(Math.abs((await levelAt(first, 0.75, 0.5)) - shown(200))).toBeLessThan(4);
  });

  it.each([
    [50, 100],
    [10, 20],
  ])('makes 25 pictures a second of %i, without losing their time', async (fps, pictures) => {
    // Each second is lighter than the one before.
    const halves = (index: number) => [40 + 60 * Math.floor(index / fps), 100] as const;
    const read = await all(readVideoPictures(await video({ fps, pictures, halves }), { signal }));
    expect(Math.abs(read.length - 50)).toBeLessThanOrEqual(2);
    expect(Math.abs((await levelAt(read[20] ?? Buffer.alloc(0), 0.2, 0.5)) - shown(40))).toBeLessThan(6);
    expect(Math.abs((await levelAt(read[30] ?? Buffer.alloc(0), 0.2, 0.5)) - shown(100))).toBeLessThan(6);
  });

  it.each([
    [90, 0.5, 0.25],
    [180, 0.75, 0.5],
    [270, 0.5, 0.75],
  ] as const)('turns what was recorded at %i degrees upright', async (turnDegrees, right, down) => {
    const [first = Buffer.alloc(0)] = await all(
      readVideoPictures(await video({ turnDegrees, pictures: 3 }), { signal }),
    );
    const { width, height, orientation } = await sharp(first).metadata();
    expect([width, height]).toEqual(turnDegrees === 180 ? [320, 240] : [240, 320]);
    expect(orientation).toBeUndefined();
    // Where the dark left half has gone.
    expect(await levelAt(first, right, down)).toBeLessThan(40);
    expect(await levelAt(first, 1 - right, 1 - down)).toBeGreaterThan(180);
  });

  it('scales large pictures down and carries nothing but pixels', async () => {
    const file = await video({ width: 1920, height: 1080, pictures: 2 });
    const [first = Buffer.alloc(0)] = await all(readVideoPictures(file, { signal }));
    const metadata = await sharp(first).metadata();
    expect([metadata.width, metadata.height]).toEqual([1280, 720]);
    expect([metadata.exif, metadata.icc, metadata.xmp, metadata.comments]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('refuses a video that is too long, by what it says or by what it shows', async () => {
    const file = await video({ fps: 5, pictures: 60 });
    const refusal = { code: 'avatar.picture_too_large', message: 'The picture is larger than 10 seconds' };
    await expect(all(readVideoPictures(file, { signal }))).rejects.toMatchObject(refusal);
    // The same in a file that says nothing of its length, like those of MediaRecorder.
    const bytes = await readFile(await video({ container: 'webm', fps: 5, pictures: 60 }));
    const duration = bytes.indexOf(Buffer.from([0x44, 0x89, 0x88]));
    expect(duration).toBeGreaterThan(0);
    bytes[duration] = 0xec; // an element that is void
    bytes[duration + 1] = 0x89;
    const silent = path.join(folder, 'silent.webm');
    await writeFile(silent, bytes);
    await expect(all(readVideoPictures(silent, { signal }))).rejects.toMatchObject(refusal);
  });

  it('refuses pictures of too many pixels before it decodes one', async () => {
    const file = await video({ width: 1280, height: 720, pictures: 1 });
    const limits = { ...defaultVideoLimits, maxPixels: 800 * 600 };
    await expect(all(readVideoPictures(file, { signal, limits }))).rejects.toMatchObject({
      code: 'avatar.picture_too_large',
      message: 'The picture is larger than 0.5 megapixels',
    });
  });

  it('says that what is no video is none', async () => {
    const random = seededRandom(11);
    const noise = Buffer.from(Array.from({ length: 50_000 }, () => Math.floor(random() * 256)));
    const mp4 = Buffer.concat([Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1'), noise]);
    const webm = Buffer.concat([Buffer.from([0x1a, 0x45, 0xdf, 0xa3]), noise]);
    const playlist = Buffer.from('#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n');
    for (const [index, bytes] of [Buffer.alloc(0), noise, mp4, webm, playlist].entries()) {
      const file = path.join(folder, `broken-${index}`);
      await writeFile(file, bytes);
      await expect(all(readVideoPictures(file, { signal }))).rejects.toMatchObject({ code: 'avatar.not_a_picture' });
    }
  });

  it('ends where the file breaks off, and never hands out a damaged picture', async () => {
    const bytes = await readFile(await video({ container: 'webm', pictures: 50, width: 640, height: 480 }));
    const cut = path.join(folder, 'cut.webm');
    await writeFile(cut, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
    const pictures = await all(readVideoPictures(cut, { signal }));
    expect(pictures.length).toBeGreaterThan(5);
    expect(pictures.length).toBeLessThan(50);
    for (const jpeg of pictures) expect(Math.abs((await levelAt(jpeg, 0.25, 0.9)) - shown(30))).toBeLessThan(8);
  });

  it('survives any byte being another', async () => {
    const whole = await readFile(await video({ pictures: 5, width: 64, height: 64 }));
    const random = seededRandom(5);
    for (let round = 0; round < 8; round++) {
      const bytes = Buffer.from(whole);
      for (let hit = 0; hit < 40; hit++)
        bytes[12 + Math.floor(random() * (bytes.length - 12))] = Math.floor(random() * 256);
      const file = path.join(folder, `fuzzed-${round}.mp4`);
      await writeFile(file, bytes);
      const outcome = await all(readVideoPictures(file, { signal })).catch((failure: { code: string }) => failure.code);
      if (typeof outcome === 'string') expect(outcome).toMatch(/^avatar\.(not_a_picture|picture_too_large)$/);
    }
  });

  it('stops with its signal, and with its reader, and leaves no process', async () => {
    const file = await video({ pictures: 100, width: 640, height: 480 });
    const owner = new AbortController();
    const reading = all(readVideoPictures(file, { signal: owner.signal }));
    const reason = new Error('the upload was cancelled');
    owner.abort(reason);
    await expect(reading).rejects.toBe(reason);
    for await (const picture of readVideoPictures(file, { signal })) {
      expect(picture.length).toBeGreaterThan(0);
      break;
    }
    await expect.poll(() => process.getActiveResourcesInfo().includes('ProcessWrap')).toBe(false);
  });

  it.each([
    ['gets stuck', 'setInterval(() => {}, 1000)'],
    ['crashes', 'process.abort()'],
    ['ends', 'process.exit()'],
  ])('takes a file whose decoder %s for no video', async (_, script) => {
    const program = path.join(folder, 'decoder.mjs');
    await writeFile(program, `process.once('message', () => { ${script} });`);
    const clock = new VirtualClock();
    const pictures = readVideoPictures('any', { signal, clock, program: pathToFileURL(program) });
    const refused = expect(all(pictures)).rejects.toMatchObject({ code: 'avatar.not_a_picture' });
    await clock.advance(20_000);
    await refused;
  });

  it('leaves the event loop of its caller alone', async () => {
    const file = await video({ pictures: 100, width: 1280, height: 720 });
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const pictures = await all(readVideoPictures(file, { signal }));
    delay.disable();
    expect(pictures.length).toBe(100);
    // Decoding these in this thread would hold it for 20 ms a picture; a busy machine alone does not do so half of the time.
    expect(delay.percentile(50) / 1e6).toBeLessThan(20);
  });
});
