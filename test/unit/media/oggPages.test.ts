import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../server/media/files/byteReader.ts';
import { type OggPage, readOggPages } from '../../../server/media/files/oggPages.ts';
import { oggFile } from '../../fixtures/soundFiles.ts';

/** 300 packets of 300 bytes, each filled with its number: 127 fill a page, and the next one begins on it. */
const packets = Array.from({ length: 300 }, (_, index) => ({
  payload: Buffer.alloc(300, index),
  startMs: index * 20,
  levelDbov: 0,
}));
const file = oggFile(packets, { packetsPerPage: 300 });

async function pagesOf(bytes: Uint8Array, pieceBytes = 5000): Promise<OggPage[]> {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  return Array.fromAsync(readOggPages(new ByteReader(pieces())));
}

const starts = [...file.toString('latin1').matchAll(/OggS/g)].map(({ index }) => index);
/** Numbers of the packets behind the two headers. */
const numbers = (pages: OggPage[]) => pages.slice(2).flatMap((page) => page.packets.map((packet) => packet[0]));
const all = packets.map(({ payload }) => payload[0]);

describe('readOggPages', () => {
  it('puts packets together across pages, and tells where the stream begins and ends', async () => {
    const pages = await pagesOf(file);
    expect(pages.map(({ begins, ends }) => [begins, ends])).toEqual([
      [true, false],
      [false, false],
      [false, true],
      [false, true],
      [false, true],
    ]);
    expect(numbers(pages)).toEqual(all);
    expect(
      pages
        .flatMap((page) => page.packets)
        .slice(2)
        .every(({ length }) => length === 300),
    ).toBe(true);
    expect(pages.map(({ granule }) => granule)).toEqual([0, 0, undefined, undefined, 300 * 960]);
  });

  it('reads the same in pieces of any size, and with rubbish between the pages', async () => {
    expect(await pagesOf(file, 1)).toEqual(await pagesOf(file, file.length));
    const [second = 0] = starts.slice(2);
    const soiled = Buffer.concat([file.subarray(0, second), Buffer.from('OggS and OggX'), file.subarray(second)]);
    expect(numbers(await pagesOf(soiled))).toEqual(all);
  });

  it('leaves out a broken page, and the rest of the packet that began on it', async () => {
    const broken = Buffer.from(file);
    const at = (starts[2] ?? 0) + 400;
    broken[at] = (broken[at] ?? 0) ^ 1;
    expect(numbers(await pagesOf(broken))).toEqual(all.slice(128));
  });

  it('leaves out a page that is cut off', async () => {
    expect(numbers(await pagesOf(file.subarray(0, -1)))).toEqual(all.slice(0, 255));
  });
});
