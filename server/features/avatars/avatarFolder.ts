import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { z } from 'zod';
import { type AvatarInfo, avatarSchema } from '../../../shared/avatars.ts';
import { TritoneError } from '../../../shared/errors.ts';
import type { PreparedAvatar } from '../../inference/lipSync.types.ts';
import type { Face } from './lipTrack.ts';

const FORMAT = 1;
const UNFINISHED = '.new-';
const DELETED = '.gone-';
const FULL = ['ENOSPC', 'EDQUOT'];
/** Frames are alike: matches are sought as far back as ten of them. */
const compression = {
  params: {
    [constants.ZSTD_c_compressionLevel]: 3,
    [constants.ZSTD_c_windowLog]: 22,
    [constants.ZSTD_c_enableLongDistanceMatching]: 1,
  },
};
/** Copied in one turn of the event loop. */
const PIECE_BYTES = 256 * 1024;

const fileSchema = z.object({
  format: z.literal(FORMAT),
  info: avatarSchema,
  frames: z.int().positive(),
});
type AvatarFile = z.infer<typeof fileSchema>;

/**
 * Prepared faces on disk, a folder each: `avatar.json` (with the consent), `face.bin` for lip-sync, `transforms.bin` FP32,
 * `preview.jpg`, `clip.zst` I420. A folder is there in full or not at all.
 */
export class AvatarFolder {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** All that can be read; sweeps away what a crash has left. @param onUnreadable hears of the others */
  async list(onUnreadable: (name: string, cause: unknown) => void): Promise<AvatarInfo[]> {
    await mkdir(this.#dir, { recursive: true });
    const infos: AvatarInfo[] = [];
    for (const name of await readdir(this.#dir)) {
      if (name.startsWith(UNFINISHED) || name.startsWith(DELETED)) await this.#remove(name);
      else
        await this.#read(name).then(
          ({ info }) => infos.push(info),
          (cause: unknown) => onUnreadable(name, cause),
        );
    }
    return infos;
  }

  /** Reads the clip to its end. @throws TritoneError `avatar.storage_full`, and what the clip throws */
  async write(info: AvatarInfo, { avatar, transforms, preview, clip, frames }: PreparedAvatar): Promise<void> {
    const unfinished = `${UNFINISHED}${info.avatarId}`;
    const at = (file: string) => path.join(this.#dir, unfinished, file);
    const file: AvatarFile = { format: FORMAT, info, frames };
    try {
      await mkdir(path.join(this.#dir, unfinished), { recursive: true });
      await pipeline(Readable.from(clip), createZstdCompress(compression), createWriteStream(at('clip.zst')));
      await writeFile(at('face.bin'), avatar);
      await writeFile(at('transforms.bin'), bytesOf(transforms));
      await writeFile(at('preview.jpg'), preview);
      await writeFile(at('avatar.json'), `${JSON.stringify(file, undefined, 2)}\n`);
      await this.delete(info.avatarId); // only what could not be read stands there
      await rename(path.join(this.#dir, unfinished), path.join(this.#dir, info.avatarId));
    } catch (cause) {
      await this.#remove(unfinished);
      const isFull = FULL.includes((cause as NodeJS.ErrnoException).code ?? '');
      throw TritoneError.from(cause, isFull ? 'avatar.storage_full' : 'internal');
    }
  }

  /** @throws Error where it is not there or damaged */
  async load(avatarId: string): Promise<Face> {
    const { info, frames: count } = await this.#read(avatarId);
    const { size, fps } = info;
    const at = (file: string) => path.join(this.#dir, avatarId, file);
    const bytes = (count * size * size * 3) / 2;
    const frames = new SharedArrayBuffer(bytes);
    const into = new Uint8Array(frames);
    let read = 0;
    await pipeline(
      createReadStream(at('clip.zst')),
      createZstdDecompress({ chunkSize: PIECE_BYTES }),
      async (pieces: AsyncIterable<Buffer>) => {
        for await (const piece of pieces) {
          if (read + piece.length > bytes) throw new RangeError('the clip is longer than it says');
          into.set(piece, read);
          read += piece.length;
        }
      },
    );
    const transforms = new Float32Array(Uint8Array.from(await readFile(at('transforms.bin'))).buffer);
    if (read !== bytes || transforms.length !== count * 6) throw new RangeError('the clip is shorter than it says');
    return { clip: { size, fps, count, frames }, avatar: await readFile(at('face.bin')), transforms };
  }

  /** JPEG. @throws Error where it is not there */
  preview(avatarId: string): Promise<Buffer> {
    return readFile(path.join(this.#dir, avatarId, 'preview.jpg'));
  }

  /** Gone at once, and from the disk a little later; even where it never was. @throws TritoneError `internal` where the disk refuses */
  async delete(avatarId: string): Promise<void> {
    const gone = `${DELETED}${avatarId}`;
    try {
      await this.#remove(gone);
      await rename(path.join(this.#dir, avatarId), path.join(this.#dir, gone)).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'ENOENT') throw cause;
      });
      await this.#remove(gone);
    } catch (cause) {
      throw TritoneError.from(cause, 'internal');
    }
  }

  async #read(avatarId: string): Promise<AvatarFile> {
    return fileSchema.parse(JSON.parse(await readFile(path.join(this.#dir, avatarId, 'avatar.json'), 'utf8')));
  }

  async #remove(name: string): Promise<void> {
    await rm(path.join(this.#dir, name), { recursive: true, force: true });
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
