import { OpusDecoder } from 'opus-decoder';
import { OPUS_CLOCK_RATE, opusDuration } from '../codecs/opusPacket.ts';
import { PCM_RATE } from '../pcmChunk.ts';
import { mixDown } from './sound.ts';

const TICKS_PER_SAMPLE = OPUS_CLOCK_RATE / PCM_RATE;
/** The decoder's own input buffer, a channel. */
const MAX_PACKET_BYTES_PER_CHANNEL = 3840;

/** RFC 7845 §5.1. */
export interface OpusHead {
  readonly channels: number;
  /** Samples at 48 kHz that only set the decoder up. */
  readonly preSkip: number;
  readonly gain: number;
  readonly streamCount: number;
  readonly coupledStreamCount: number;
  readonly mapping: readonly number[];
}

export function parseOpusHead(packet: Uint8Array): OpusHead | undefined {
  const bytes = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength);
  if (bytes.length < 19 || bytes.toString('latin1', 0, 8) !== 'OpusHead' || (bytes[8] ?? 0) > 15) return undefined;
  const channels = bytes.readUInt8(9);
  const head = { channels, preSkip: bytes.readUInt16LE(10), gain: 10 ** (bytes.readInt16LE(16) / 256 / 20) };
  const family = bytes.readUInt8(18);
  if (family === 0 && channels >= 1 && channels <= 2) {
    return { ...head, streamCount: 1, coupledStreamCount: channels - 1, mapping: [0, 1].slice(0, channels) };
  }
  if (channels < 1 || channels > 8 || bytes.length < 21 + channels) return undefined;
  return {
    ...head,
    streamCount: bytes.readUInt8(19),
    coupledStreamCount: bytes.readUInt8(20),
    mapping: [...bytes.subarray(21, 21 + channels)],
  };
}

/** One Opus stream of a file: packets in, mono at 16 kHz out. Its opener closes it. */
export class OpusStream {
  readonly #decoder: OpusDecoder<16_000>;
  readonly #head: OpusHead;
  /** Ticks of 48 kHz decoded, pre-skip included. */
  #decoded = 0;

  static async open(head: OpusHead): Promise<OpusStream> {
    const decoder = new OpusDecoder({
      sampleRate: PCM_RATE,
      channels: head.channels,
      streamCount: head.streamCount,
      coupledStreamCount: head.coupledStreamCount,
      channelMappingTable: [...head.mapping],
    });
    await decoder.ready;
    return new OpusStream(head, decoder);
  }

  private constructor(head: OpusHead, decoder: OpusDecoder<16_000>) {
    this.#head = head;
    this.#decoder = decoder;
  }

  /** Ticks of 48 kHz decoded so far, pre-skip included: what Ogg's granule positions count. */
  get decodedTicks(): number {
    return this.#decoded;
  }

  /** `untilTick`: sound from there on is left out (the end of the file inside its last packet). Broken packets are silent. */
  decode(packet: Uint8Array, untilTick = Number.POSITIVE_INFINITY): Float32Array {
    const ticks = opusDuration(packet);
    const { channels, preSkip, gain } = this.#head;
    const start = this.#decoded;
    this.#decoded += ticks;
    const from = clamp(Math.round((preSkip - start) / TICKS_PER_SAMPLE), 0, ticks / TICKS_PER_SAMPLE);
    const to = clamp(Math.round((untilTick - start) / TICKS_PER_SAMPLE), from, ticks / TICKS_PER_SAMPLE);
    const mono = new Float32Array(ticks / TICKS_PER_SAMPLE);
    if (packet.length <= MAX_PACKET_BYTES_PER_CHANNEL * channels) {
      const { channelData, samplesDecoded } = this.#decoder.decodeFrame(packet);
      mono.set(mixDown(channelData, Math.min(samplesDecoded, mono.length)));
    }
    return mono.subarray(from, to).map((sample) => sample * gain);
  }

  close(): void {
    this.#decoder.free();
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
