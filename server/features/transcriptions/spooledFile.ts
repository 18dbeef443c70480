import { createReadStream, createWriteStream, type ReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TritoneError } from '../../../shared/errors.ts';

const MEGABYTE = 1024 * 1024;

/** An upload on disk, so that a slow recogniser never holds up the sender. Its owner disposes of it. */
export class SpooledFile implements AsyncDisposable {
  readonly bytes: number;
  readonly #folder: string;
  readonly #path: string;

  /** @throws TritoneError `request.too_large`, `request.invalid` when the upload breaks off */
  static async write(upload: Readable, maxBytes: number): Promise<SpooledFile> {
    const folder = await mkdtemp(path.join(tmpdir(), 'tritone-upload-'));
    const file = path.join(folder, 'audio');
    let bytes = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const piece of upload) {
        bytes += piece.length;
        if (bytes > maxBytes) {
          throw new TritoneError('request.too_large', { limit: `${Math.floor(maxBytes / MEGABYTE)} MB` });
        }
        yield piece;
      }
    }
    try {
      await pipeline(counted, createWriteStream(file));
      return new SpooledFile(folder, file, bytes);
    } catch (cause) {
      await rm(folder, { recursive: true, force: true });
      throw TritoneError.from(cause, 'request.invalid', { problem: 'the upload broke off' });
    }
  }

  private constructor(folder: string, file: string, bytes: number) {
    this.#folder = folder;
    this.#path = file;
    this.bytes = bytes;
  }

  /** `bytesRead` of the stream tells how far a reader has come. */
  open(): ReadStream {
    return createReadStream(this.#path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
