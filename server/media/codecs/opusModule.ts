import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What @evan/opus's module exports; undocumented, so the package is pinned and a test holds it. */
export interface OpusModule {
  readonly memory: WebAssembly.Memory;
  malloc(bytes: number): number;
  free(pointer: number): void;
  opus_decoder_get_size(channels: number): number;
  opus_decoder_init(decoder: number, sampleRate: number, channels: number): number;
  opus_decode(decoder: number, data: number, length: number, pcm: number, samples: number, fec: 0 | 1): number;
  opus_encoder_get_size(channels: number): number;
  opus_encoder_init(encoder: number, sampleRate: number, channels: number, application: number): number;
  opus_encode(encoder: number, pcm: number, samples: number, data: number, maxBytes: number): number;
  opus_encoder_ctl_set(encoder: number, request: number, value: number): number;
  _initialize(): void;
}

let loaded: OpusModule | undefined;

/** libopus in WebAssembly: one module and its memory serve every codec of the process. */
export function opusModule(): OpusModule {
  if (loaded !== undefined) return loaded;
  const binary = readFileSync(fileURLToPath(import.meta.resolve('@evan/opus/wasm/simd.wasm')));
  const nothing = () => 0;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary), {
    wasi_snapshot_preview1: { fd_seek: nothing, fd_write: nothing, fd_close: nothing, proc_exit: nothing },
    env: { emscripten_notify_memory_growth: nothing },
  });
  const opus = exports as unknown as OpusModule;
  opus._initialize();
  loaded = opus;
  return opus;
}
