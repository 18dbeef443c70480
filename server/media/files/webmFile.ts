import { Readable } from 'node:stream';
import prism from 'prism-media';
import { PCM_RATE } from '../pcmChunk.ts';
import type { ByteReader } from './byteReader.ts';
import { OpusStream, parseOpusHead } from './opusStream.ts';
import type { Sound } from './sound.ts';

/** What prism's demuxer does piece by piece; private there, so the package is pinned and tests hold it. */
interface DemuxerParts extends Readable {
  readonly _remainder: Uint8Array | null;
  _transform(chunk: Uint8Array, encoding: string, done: (cause?: unknown) => void): void;
  _readEBMLId(chunk: Uint8Array, offset: number): { id: Uint8Array; offset: number } | symbol;
  _readTagDataSize(
    chunk: Uint8Array,
    offset: number,
  ): { offset: number; dataLength: number; sizeLength: number } | symbol;
}
const Demuxer = prism.opus.WebmDemuxer as unknown as {
  new (): DemuxerParts & NodeJS.WritableStream;
  readonly TOO_SHORT: symbol;
};

const CLUSTER = Uint8Array.of(0x1f, 0x43, 0xb6, 0x75);
const BLOCK_GROUP = 0xa0;
const BLOCK = 0xa1;
const SIMPLE_BLOCK = Uint8Array.of(0xa3);
/** No element that matters is larger; a broken length must not make the demuxer keep the rest of the file. */
const MAX_ELEMENT_BYTES = 8_000_000;

/** prism's demuxer, which knows SimpleBlocks of an Opus track alone, for files that also have block groups, pictures or breaks. */
class WebmOpusPackets extends Demuxer {
  /** Other tracks' private data is no reason to give up. */
  _checkHead(): void {}

  override _transform(chunk: Uint8Array, encoding: string, done: (cause?: unknown) => void): void {
    if ((this._remainder?.length ?? 0) > MAX_ELEMENT_BYTES) done(new Error('an element of the WebM is too large'));
    else super._transform(chunk, encoding, done);
  }

  /** A block group is read like a cluster and its block like a simple one: their starts are alike (RFC 9559 §10). */
  override _readEBMLId(chunk: Uint8Array, offset: number): { id: Uint8Array; offset: number } | symbol {
    const read = super._readEBMLId(chunk, offset);
    if (typeof read === 'symbol' || read.id.length !== 1) return read;
    if (read.id[0] === BLOCK_GROUP) return { ...read, id: Buffer.from(CLUSTER) };
    return read.id[0] === BLOCK ? { ...read, id: Buffer.from(SIMPLE_BLOCK) } : read;
  }

  /** In 64 bits: the original's 32 overflow, and a length below zero would send it back to where it was, for ever. */
  override _readTagDataSize(chunk: Uint8Array, offset: number): ReturnType<DemuxerParts['_readTagDataSize']> {
    const read = super._readTagDataSize(chunk, offset);
    if (typeof read === 'symbol') return read;
    let dataLength = (chunk[offset] ?? 0) & ((1 << (8 - read.sizeLength)) - 1);
    for (const byte of chunk.subarray(offset + 1, offset + read.sizeLength)) dataLength = dataLength * 256 + byte;
    return { ...read, dataLength };
  }
}

/** WebM or Matroska with an Opus track; the first one counts. Other codecs yield nothing. */
export async function* readWebmFile(reader: ByteReader): AsyncGenerator<Sound, void, void> {
  const packets = new WebmOpusPackets();
  let opus: OpusStream | undefined;
  let head: ReturnType<typeof parseOpusHead>;
  packets.on('head', (data: Uint8Array) => {
    head ??= parseOpusHead(data);
  });
  const source = Readable.from(reader.rest());
  source.on('error', (cause) => packets.destroy(cause));
  source.pipe(packets);
  try {
    for await (const packet of packets) {
      if (head === undefined) return;
      opus ??= await OpusStream.open(head);
      yield { samples: opus.decode(packet as Uint8Array), sampleRate: PCM_RATE };
    }
  } finally {
    opus?.close();
    source.destroy();
  }
}
