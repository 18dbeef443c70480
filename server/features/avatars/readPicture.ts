import sharp from 'sharp';
import { TritoneError } from '../../../shared/errors.ts';

/** Decoded, a picture of so many pixels takes 150 MB; cameras make no larger ones. */
const MAX_PIXELS = 50_000_000;
const MEGAPIXEL = 1_000_000;
/** More than a face needs: what is larger is scaled down. */
const MAX_SIDE = 2048;
const QUALITY = 92;
const DEADLINE_SECONDS = 20;

// One thread a picture, nothing kept, and of libvips' many readers only three: fewer places for a hostile file.
sharp.concurrency(1);
sharp.cache(false);
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
});

export type UploadKind = 'picture' | 'video';

/** What a file is by its first bytes; its name and type say nothing. */
export function kindOf(file: Buffer): UploadKind | undefined {
  const begins = (bytes: readonly number[], at = 0) => bytes.every((byte, index) => file[at + index] === byte);
  const reads = (text: string, at: number) => file.toString('latin1', at, at + text.length) === text;
  if (begins([0xff, 0xd8, 0xff]) || begins([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'picture';
  if (reads('RIFF', 0) && reads('WEBP', 8)) return 'picture';
  if (reads('ftyp', 4) || begins([0x1a, 0x45, 0xdf, 0xa3])) return 'video';
  return undefined;
}

/**
 * A picture from outside as a JPEG of our own making: upright, of bounded size, without metadata or transparency. Decoded in
 * threads of libvips.
 * @throws TritoneError `avatar.not_a_picture`, `avatar.picture_too_large`
 */
export async function readPicture(file: Buffer): Promise<Buffer> {
  if (kindOf(file) !== 'picture') throw new TritoneError('avatar.not_a_picture');
  try {
    // The header alone: a bomb shows its size before anything is unpacked.
    const { width, height } = await sharp(file, { limitInputPixels: false }).metadata();
    if (width * height > MAX_PIXELS) {
      throw new TritoneError('avatar.picture_too_large', { limit: `${MAX_PIXELS / MEGAPIXEL} megapixels` });
    }
    return await sharp(file, { limitInputPixels: MAX_PIXELS, failOn: 'error', sequentialRead: true })
      .timeout({ seconds: DEADLINE_SECONDS })
      .autoOrient()
      .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .jpeg({ quality: QUALITY, chromaSubsampling: '4:4:4' })
      .toBuffer();
  } catch (cause) {
    throw TritoneError.from(cause, 'avatar.not_a_picture');
  }
}
