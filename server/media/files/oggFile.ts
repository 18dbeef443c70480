import { opusDuration } from '../codecs/opusPacket.ts';
import { PCM_RATE } from '../pcmChunk.ts';
import type { ByteReader } from './byteReader.ts';
import { type OggPage, readOggPages } from './oggPages.ts';
import { type OpusHead, OpusStream, parseOpusHead } from './opusStream.ts';
import type { Sound } from './sound.ts';

/** Ogg Opus, RFC 7845: pre-skip, the end inside the last packet, several streams one after another. Other codecs yield nothing. */
export async function* readOggFile(reader: ByteReader): AsyncGenerator<Sound, void, void> {
  let logical: LogicalStream | undefined;
  try {
    for await (const page of readOggPages(reader)) {
      const head = page.begins ? parseOpusHead(page.packets[0] ?? new Uint8Array(0)) : undefined;
      if (head !== undefined && (logical === undefined || logical.ended)) {
        logical?.close();
        logical = new LogicalStream(page.serial, head, await OpusStream.open(head));
      } else if (logical?.serial === page.serial) {
        for (const samples of logical.read(page)) yield { samples, sampleRate: PCM_RATE };
      }
    }
  } finally {
    logical?.close();
  }
}

class LogicalStream {
  readonly serial: number;
  ended = false;
  readonly #opus: OpusStream;
  readonly #preSkip: number;
  #tagsRead = false;
  /** Granule position of the stream's first sample; not 0 where it was cut out of a longer one. */
  #firstGranule: number | undefined;

  constructor(serial: number, head: OpusHead, opus: OpusStream) {
    this.serial = serial;
    this.#opus = opus;
    this.#preSkip = head.preSkip;
  }

  *read(page: OggPage): Generator<Float32Array, void, void> {
    this.ended ||= page.ends;
    const packets = this.#tagsRead ? page.packets : page.packets.slice(1);
    if (page.packets.length > 0) this.#tagsRead = true;
    if (packets.length === 0) return;
    const ticks = packets.reduce((sum, packet) => sum + opusDuration(packet), 0);
    if (page.granule !== undefined) {
      this.#firstGranule ??= page.ends ? 0 : Math.max(0, page.granule - ticks - this.#opus.decodedTicks);
    }
    const ends = page.ends && page.granule !== undefined && page.granule - (this.#firstGranule ?? 0) >= this.#preSkip;
    const untilTick = ends ? (page.granule ?? 0) - (this.#firstGranule ?? 0) : undefined;
    for (const packet of packets) yield this.#opus.decode(packet, untilTick);
  }

  close(): void {
    this.#opus.close();
  }
}
