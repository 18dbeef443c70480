import type { ByteReader } from './byteReader.ts';

const HEADER_BYTES = 27;
const CONTINUES = 1;
const BEGINS = 2;
const ENDS = 4;
/** No packet ends on the page. */
const NO_GRANULE = 0xffff_ffff_ffff_ffffn;
/** More is no Opus packet: RFC 7845 §6 (61,440 bytes for each of 255 streams is its theory; none is near). */
const MAX_PACKET_BYTES = 1_000_000;

export interface OggPage {
  readonly serial: number;
  readonly begins: boolean;
  readonly ends: boolean;
  /** Samples at the end of the last packet that ends here; undefined where none does. */
  readonly granule: number | undefined;
  /** The packets that end here. */
  readonly packets: readonly Uint8Array[];
}

/** Pages of an Ogg file, RFC 3533 §6, with packets put together across pages. Broken pages and what lies between are skipped. */
export async function* readOggPages(reader: ByteReader): AsyncGenerator<OggPage, void, void> {
  const unfinished = new Map<number, Uint8Array[]>();
  while (true) {
    const header = await reader.peek(HEADER_BYTES);
    if (header.length < HEADER_BYTES) return;
    if (!isPageStart(header)) {
      await reader.skip(1);
      continue;
    }
    const table = (await reader.peek(HEADER_BYTES + (header[26] ?? 0))).subarray(HEADER_BYTES);
    const bodyBytes = table.reduce((sum, segment) => sum + segment, 0);
    const page = await reader.peek(HEADER_BYTES + table.length + bodyBytes);
    const whole = page.length === HEADER_BYTES + (header[26] ?? 0) + bodyBytes;
    if (!whole || checksum(page) !== new DataView(page.buffer, page.byteOffset).getUint32(22, true)) {
      await reader.skip(4);
      continue;
    }
    const parsed = parsePage(page, table, unfinished);
    await reader.skip(page.length);
    yield parsed;
  }
}

function isPageStart(bytes: Uint8Array): boolean {
  return bytes[0] === 0x4f && bytes[1] === 0x67 && bytes[2] === 0x67 && bytes[3] === 0x53 && bytes[4] === 0; // OggS, version 0
}

function parsePage(page: Uint8Array, table: Uint8Array, unfinished: Map<number, Uint8Array[]>): OggPage {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  const flags = view.getUint8(5);
  const granule = view.getBigUint64(6, true);
  const serial = view.getUint32(14, true);
  let parts = flags & CONTINUES ? unfinished.get(serial) : [];
  unfinished.delete(serial);
  const packets: Uint8Array[] = [];
  let at = HEADER_BYTES + table.length;
  let start = at;
  for (const segment of table) {
    at += segment;
    if (segment === 255) continue;
    // Without its beginning, on a page that was lost, the end of a packet is worth nothing.
    if (parts !== undefined) packets.push(Buffer.concat([...parts, page.subarray(start, at)]));
    parts = [];
    start = at;
  }
  const begun = [...(parts ?? []), page.slice(start, at)];
  const begunBytes = begun.reduce((sum, part) => sum + part.length, 0);
  if (table.at(-1) === 255 && parts !== undefined && begunBytes <= MAX_PACKET_BYTES) unfinished.set(serial, begun);
  return {
    serial,
    begins: (flags & BEGINS) !== 0,
    ends: (flags & ENDS) !== 0,
    granule: granule === NO_GRANULE ? undefined : Number(granule),
    packets,
  };
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte << 24;
  for (let bit = 0; bit < 8; bit += 1)
    remainder = remainder & 0x8000_0000 ? (remainder << 1) ^ 0x04c1_1db7 : remainder << 1;
  return remainder >>> 0;
});

/** CRC-32 of the page with its own checksum taken for zero. */
function checksum(page: Uint8Array): number {
  let crc = 0;
  for (let at = 0; at < page.length; at += 1) {
    const byte = at >= 22 && at < 26 ? 0 : (page[at] ?? 0);
    crc = ((crc << 8) ^ (crcTable[((crc >>> 24) ^ byte) & 0xff] ?? 0)) >>> 0;
  }
  return crc;
}
