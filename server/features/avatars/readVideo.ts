import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readVideoPictures } from '../../media/files/videoFile.ts';

/** The pictures of a short video, JPEGs made safe, 25 a second. */
export type ReadVideo = (file: Buffer, signal: AbortSignal) => Promise<Buffer[]>;

/** @throws TritoneError `avatar.not_a_picture`, `avatar.picture_too_large` where it is too long or too large */
export async function readVideo(file: Buffer, signal: AbortSignal): Promise<Buffer[]> {
  const dir = await mkdtemp(path.join(tmpdir(), 'tritone-video-'));
  try {
    const name = path.join(dir, 'upload');
    await writeFile(name, file, { mode: 0o600 });
    const pictures: Buffer[] = [];
    for await (const picture of readVideoPictures(name, { signal })) pictures.push(picture);
    return pictures;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
