import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { TritoneError } from '../../../shared/errors.ts';

const MEGABYTE = 1024 * 1024;
const PIECE_BYTES = 64 * 1024;
const FULL = ['ENOSPC', 'EDQUOT'];

/** An upload on disk, so that a slow recogniser never holds up the sender. Its owner disposes of it. */
export class SpooledFile implements AsyncDisposable {
  readonly bytes: number;
  readonly #file: FileHandle;
  #bytesRead = 0;

  /**
   * @param create an empty file for writing and reading that nobody else has
   * @throws TritoneError `request.too_large`, `request.invalid` when the upload breaks off, `server.storage_full`, `internal`
   */
  static async write(upload: Readable, maxBytes: number, create = createNameless): Promise<SpooledFile> {
    const file = await create().catch((cause: unknown) => {
      throw storageError(cause);
    });
    let bytes = 0;
    try {
      for await (const piece of whole(upload)) {
        bytes += piece.length;
        if (bytes > maxBytes) {
          throw new TritoneError('request.too_large', { limit: `${Math.floor(maxBytes / MEGABYTE)} MB` });
        }
        await file.appendFile(piece);
      }
      return new SpooledFile(file, bytes);
    } catch (cause) {
      await file.close();
      throw storageError(cause);
    }
  }

  private constructor(file: FileHandle, bytes: number) {
    this.#file = file;
    this.bytes = bytes;
  }

  /** How far a reader has come. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** From its beginning, for one reader at a time. */
  async *read(): AsyncGenerator<Uint8Array, void, void> {
    this.#bytesRead = 0;
    while (true) {
      const { bytesRead, buffer } = await this.#file.read({
        buffer: Buffer.allocUnsafe(PIECE_BYTES),
        position: this.#bytesRead,
      });
      if (bytesRead === 0) return;
      this.#bytesRead += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

/** A file without a name is gone with the process, however that ends. */
async function createNameless(): Promise<FileHandle> {
  const name = path.join(tmpdir(), `tritone-upload-${randomUUID()}`);
  const file = await open(name, 'wx+', 0o600);
  await unlink(name);
  return file;
}

async function* whole(upload: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* upload;
  } catch (cause) {
    throw TritoneError.from(cause, 'request.invalid', { problem: 'the upload broke off' });
  }
}

function storageError(cause: unknown): TritoneError {
  const full = FULL.includes((cause as NodeJS.ErrnoException).code ?? '');
  return TritoneError.from(cause, full ? 'server.storage_full' : 'internal');
}
