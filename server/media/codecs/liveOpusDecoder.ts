import { PCM_RATE } from '../pcmChunk.ts';
import type { OpusDecoder } from './opusDecoder.types.ts';
import { type OpusModule, opusModule } from './opusModule.ts';

/** 120 ms of mono at 16 kHz, the most one packet holds. */
const MAX_SAMPLES = 1920;
/** RFC 6716 §3.4: three frames of 1275 bytes at most in 60 ms; more than any RTP packet. */
const MAX_PACKET_BYTES = 8192;

interface Loaded {
  readonly opus: OpusModule;
  readonly input: number;
  readonly output: number;
}
let loaded: Loaded | undefined;

/** One pair of buffers serves every decoder of the process; each decoder's state is about 18 KB in the module. */
function load(): Loaded {
  if (loaded !== undefined) return loaded;
  const opus = opusModule();
  loaded = { opus, input: opus.malloc(MAX_PACKET_BYTES), output: opus.malloc(MAX_SAMPLES * 2) };
  return loaded;
}

/** libopus in WebAssembly with packet-loss concealment and in-band FEC; stereo is mixed down, any bandwidth becomes 16 kHz. */
export class LiveOpusDecoder implements OpusDecoder {
  readonly #loaded = load();
  #decoder: number;

  constructor() {
    const { opus } = this.#loaded;
    this.#decoder = opus.malloc(opus.opus_decoder_get_size(1));
    const code = this.#decoder === 0 ? -7 : opus.opus_decoder_init(this.#decoder, PCM_RATE, 1);
    if (code < 0) {
      this.close();
      throw new Error(`libopus ${code}`);
    }
  }

  decode(packet: Uint8Array): Int16Array<ArrayBuffer> | undefined {
    return this.#run(packet, MAX_SAMPLES, 0);
  }

  conceal(samples: number): Int16Array<ArrayBuffer> {
    return this.#run(undefined, samples, 0) ?? new Int16Array(samples);
  }

  recover(next: Uint8Array, samples: number): Int16Array<ArrayBuffer> | undefined {
    return this.#run(next, samples, 1);
  }

  close(): void {
    if (this.#decoder !== 0) this.#loaded.opus.free(this.#decoder);
    this.#decoder = 0;
  }

  #run(packet: Uint8Array | undefined, samples: number, fec: 0 | 1): Int16Array<ArrayBuffer> | undefined {
    const { opus, input, output } = this.#loaded;
    if (this.#decoder === 0 || (packet !== undefined && (packet.length === 0 || packet.length > MAX_PACKET_BYTES))) {
      return undefined;
    }
    if (packet !== undefined) new Uint8Array(opus.memory.buffer, input, packet.length).set(packet);
    const decoded =
      packet === undefined
        ? opus.opus_decode(this.#decoder, 0, 0, output, samples, 0)
        : opus.opus_decode(this.#decoder, input, packet.length, output, samples, fec);
    return decoded < 0 ? undefined : new Int16Array(opus.memory.buffer, output, decoded).slice();
  }
}
