import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, realpathSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { TritoneError } from '../shared/errors.ts';

/**
 * Where the server keeps what outlasts it. One process at a time has it: the lock is a socket in Linux's abstract
 * namespace, which dies with its owner, so nothing stale is ever left behind.
 */
export class DataFolder implements AsyncDisposable {
  readonly #path: string;
  readonly #lock: Server;

  /** @throws TritoneError `server.data_taken`, `server.bad_settings` */
  static async open(folder: string): Promise<DataFolder> {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (cause) {
      const problem = `TRITONE_DATA_DIR: ${folder} cannot be made (${cause instanceof Error ? cause.message : cause})`;
      throw new TritoneError('server.bad_settings', { problem }, { cause });
    }
    const lock = createServer((socket) => socket.destroy());
    const name = createHash('sha256').update(realpathSync(folder)).digest('hex');
    try {
      lock.listen(`\0tritone-data-${name}`);
      await once(lock, 'listening');
    } catch (cause) {
      throw new TritoneError('server.data_taken', { folder }, { cause });
    }
    lock.unref();
    return new DataFolder(folder, lock);
  }

  private constructor(folder: string, lock: Server) {
    this.#path = folder;
    this.#lock = lock;
  }

  /** A folder in it; whoever uses it makes it. */
  at(...names: string[]): string {
    return path.join(this.#path, ...names);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.#lock.close(resolve));
  }
}
