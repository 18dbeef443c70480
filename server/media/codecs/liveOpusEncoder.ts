import { type OpusModule, opusModule } from './opusModule.ts';
import { OPUS_CLOCK_RATE } from './opusPacket.ts';

/** 20 ms at 48 kHz. */
export const FRAME_SAMPLES = 960;
const MAX_PACKET_BYTES = 1275;

/** opus_defines.h. */
const APPLICATION_VOIP = 2048;
const SIGNAL_VOICE = 3001;
const SET = { bitrate: 4002, complexity: 4010, inbandFec: 4012, packetLossPercent: 4014, dtx: 4016, signal: 4024 };

export interface OpusEncoderOptions {
  readonly bitrate: number;
  /** 0 to 10. */
  readonly complexity: number;
  /** In-band FEC is written for this loss, per cent. */
  readonly expectedLossPercent: number;
}

interface Loaded {
  readonly opus: OpusModule;
  readonly input: number;
  readonly output: number;
}
let loaded: Loaded | undefined;

/** One pair of buffers serves every encoder of the process. */
function load(): Loaded {
  if (loaded !== undefined) return loaded;
  const opus = opusModule();
  loaded = { opus, input: opus.malloc(FRAME_SAMPLES * 2), output: opus.malloc(MAX_PACKET_BYTES) };
  return loaded;
}

/** libopus in WebAssembly for one voice: mono, 48 kHz, 20 ms a packet, in-band FEC, no DTX. */
export class LiveOpusEncoder {
  readonly #loaded = load();
  #encoder: number;

  constructor({ bitrate, complexity, expectedLossPercent }: OpusEncoderOptions) {
    const { opus } = this.#loaded;
    this.#encoder = opus.malloc(opus.opus_encoder_get_size(1));
    const code = this.#encoder === 0 ? -7 : opus.opus_encoder_init(this.#encoder, OPUS_CLOCK_RATE, 1, APPLICATION_VOIP);
    if (code < 0) {
      this.close();
      throw new Error(`libopus ${code}`);
    }
    this.#set(SET.signal, SIGNAL_VOICE);
    this.#set(SET.bitrate, bitrate);
    this.#set(SET.complexity, complexity);
    this.#set(SET.inbandFec, 1);
    this.#set(SET.packetLossPercent, expectedLossPercent);
    this.#set(SET.dtx, 0);
  }

  /** `pcm`: INT16[960]. The answer is a fresh array. */
  encode(pcm: Int16Array): Uint8Array {
    const { opus, input, output } = this.#loaded;
    if (this.#encoder === 0) throw new Error('the encoder is closed');
    new Int16Array(opus.memory.buffer, input, FRAME_SAMPLES).set(pcm);
    const bytes = opus.opus_encode(this.#encoder, input, FRAME_SAMPLES, output, MAX_PACKET_BYTES);
    if (bytes < 0) throw new Error(`libopus ${bytes}`);
    return new Uint8Array(opus.memory.buffer, output, bytes).slice();
  }

  /** Gives its memory back. Twice is once. */
  close(): void {
    if (this.#encoder !== 0) this.#loaded.opus.free(this.#encoder);
    this.#encoder = 0;
  }

  #set(request: number, value: number): void {
    const code = this.#loaded.opus.opus_encoder_ctl_set(this.#encoder, request, value);
    if (code < 0) throw new Error(`libopus ${code} at ${request}`);
  }
}
