import { mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { SpooledFile } from '../../../server/features/transcriptions/spooledFile.ts';

const upload = (megabytes = 1) =>
  Readable.from(Array.from({ length: megabytes }, (_, at) => Buffer.alloc(2 ** 20, at)));

async function bytesOf(file: SpooledFile): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of file.read()) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe('SpooledFile', () => {
  it('can be read as often as one wants, and leaves nothing to clear away should the server be killed', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tritone-test-'));
    vi.stubEnv('TMPDIR', folder);
    await using file = await SpooledFile.write(upload(2), 2 ** 22);
    expect(await readdir(folder)).toEqual([]);
    for (const _ of [1, 2]) expect((await bytesOf(file)).equals(Buffer.concat(await upload(2).toArray()))).toBe(true);
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });

  it('says that the disk is full, which is no fault of the request', async () => {
    const full = () => open('/dev/full', 'r+');
    await expect(SpooledFile.write(upload(), 2 ** 22, full)).rejects.toMatchObject({ code: 'server.storage_full' });
  });

  it('says nothing of the machine where its folder cannot be written', async () => {
    vi.stubEnv('TMPDIR', '/nowhere');
    await expect(SpooledFile.write(upload(), 2 ** 22)).rejects.toMatchObject({ code: 'internal' });
    vi.unstubAllEnvs();
  });

  it('tells an upload that broke off and one that is too large', async () => {
    async function* broken() {
      yield Buffer.alloc(10);
      throw new Error('hung up');
    }
    await expect(SpooledFile.write(Readable.from(broken()), 100)).rejects.toMatchObject({ code: 'request.invalid' });
    await expect(SpooledFile.write(upload(), 100)).rejects.toMatchObject({ code: 'request.too_large' });
  });
});
