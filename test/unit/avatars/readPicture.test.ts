import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { kindOf, readPicture } from '../../../server/features/avatars/readPicture.ts';

const canvas = (width: number, height: number, channels: 3 | 4 = 3) =>
  sharp({ create: { width, height, channels, background: { r: 200, g: 30, b: 30, alpha: 0.5 } } });

/** A PNG of the greatest size that says nothing more than its size. */
function bomb(side: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const whole = Buffer.alloc(body.length + 8);
    whole.writeUInt32BE(data.length);
    body.copy(whole, 4);
    whole.writeUInt32BE(crc32(body), body.length + 4);
    return whole;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const pixels = deflateSync(Buffer.alloc(1_000_000));
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xed_b8_83_20 : 0);
  }
  return ~crc >>> 0;
}

describe('readPicture', () => {
  it.each(['jpeg', 'png', 'webp'] as const)('takes a %s and makes a JPEG of it', async (format) => {
    const made = sharp(await readPicture(await canvas(60, 40).toFormat(format).toBuffer()));
    expect(await made.metadata()).toMatchObject({ format: 'jpeg', width: 60, height: 40, channels: 3 });
  });

  it('turns it upright and keeps none of its metadata', async () => {
    const file = await canvas(60, 40)
      .jpeg()
      .withMetadata({ orientation: 6, exif: { IFD0: { Copyright: 'secret' } } })
      .toBuffer();
    expect(file.includes('secret')).toBe(true);
    const made = await readPicture(file);
    const metadata = await sharp(made).metadata();
    expect(metadata).toMatchObject({ width: 40, height: 60 });
    expect(metadata.exif ?? metadata.icc ?? metadata.xmp ?? metadata.orientation).toBeUndefined();
    expect(made.includes('secret')).toBe(false);
  });

  it('lays what is transparent over white', async () => {
    const { channels } = await sharp(await readPicture(await canvas(40, 40, 4).png().toBuffer())).stats();
    expect(channels[1]?.mean).toBeGreaterThan(120);
  });

  it('scales down what is larger than a face needs', async () => {
    const made = await readPicture(await canvas(5000, 2500).jpeg().toBuffer());
    expect(await sharp(made).metadata()).toMatchObject({ width: 2048, height: 1024 });
  });

  it('refuses a bomb by its header', async () => {
    const file = bomb(30_000);
    expect(file.length).toBeLessThan(2000);
    const startedAtMs = performance.now();
    await expect(readPicture(file)).rejects.toMatchObject({
      code: 'avatar.picture_too_large',
      message: 'The picture is larger than 50 megapixels',
    });
    expect(performance.now() - startedAtMs).toBeLessThan(5000);
  });

  it('refuses what is no picture, is broken, or is of another kind', async () => {
    const jpeg = await canvas(60, 40).jpeg().toBuffer();
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    const gif = await canvas(9, 9).gif().toBuffer();
    const cut = (await canvas(600, 400).png().toBuffer()).subarray(0, 200);
    const disguised = Buffer.concat([jpeg.subarray(0, 3), svg]);
    for (const file of [Buffer.alloc(0), Buffer.from('hello'), svg, gif, cut, disguised]) {
      await expect(readPicture(file)).rejects.toMatchObject({ code: 'avatar.not_a_picture' });
    }
  });
});

describe('kindOf', () => {
  it('looks at the first bytes alone', async () => {
    expect(kindOf(await canvas(9, 9).webp().toBuffer())).toBe('picture');
    expect(kindOf(Buffer.from('\0\0\0\x20ftypisom'))).toBe('video');
    expect(kindOf(Buffer.of(0x1a, 0x45, 0xdf, 0xa3, 0))).toBe('video');
    expect(kindOf(Buffer.from('RIFF\0\0\0\0WAVE'))).toBeUndefined();
    expect(kindOf(Buffer.alloc(0))).toBeUndefined();
  });
});
