import type { PictureOverlay } from '../feed.types.ts';
import { Compositor } from './compositor.ts';
import { H264Payloads } from './h264Payloads.ts';
import { halveFrame } from './halfFrame.ts';
import type { LayerPayloads, PictureAnswer, PictureOrder, WantedLayer } from './pictureMessages.ts';
import { VideoEncoder } from './videoEncoder.ts';
import { Vp8Payloads } from './vp8Payloads.ts';

type OpenOrder = Extract<PictureOrder, { type: 'open' }>;
type PictureOf = Extract<PictureAnswer, { type: 'picture' }>;

/** One feed's clip and encoders, in the thread that works for it. */
export class ThreadFeed {
  readonly #order: OpenOrder;
  readonly #clip: Uint8Array;
  readonly #compositor: Compositor;
  /** Frames by edge: the clip's size and each half of it that a layer needs, largest first. */
  readonly #frames: readonly { readonly size: number; readonly bytes: Buffer }[];
  readonly #packetisers: readonly (Vp8Payloads | H264Payloads)[];
  readonly #encoders = new Map<number, VideoEncoder>();

  /** @throws Error where a layer is no half of the clip */
  constructor(order: OpenOrder) {
    const { clip, sizes, codec } = order;
    this.#order = order;
    this.#clip = new Uint8Array(clip.frames);
    this.#compositor = new Compositor(clip.size);
    this.#frames = halvesDownTo(clip.size, Math.min(...sizes));
    for (const size of sizes) {
      if (!this.#frames.some((frame) => frame.size === size)) throw new Error(`${size} is no half of ${clip.size}`);
    }
    this.#packetisers = sizes.map(() => (codec === 'VP8' ? new Vp8Payloads() : new H264Payloads()));
  }

  /** @throws Error where an encoder fails; all begin anew with the next picture */
  picture(
    base: number,
    overlay: PictureOverlay | undefined,
    wanted: readonly WantedLayer[],
  ): Omit<PictureOf, 'type' | 'feedId'> {
    const startedAtMs = performance.now();
    const isComposed = this.#compose(base, overlay, wanted);
    const composedAtMs = performance.now();
    this.#forgetOthers(wanted);
    try {
      const layers = wanted.map((layer) => this.#encode(layer));
      return { layers, isComposed, composeMs: composedAtMs - startedAtMs, encodeMs: performance.now() - composedAtMs };
    } catch (cause) {
      this.close();
      throw cause;
    }
  }

  close(): void {
    this.#forgetOthers([]);
  }

  #compose(base: number, overlay: PictureOverlay | undefined, wanted: readonly WantedLayer[]): boolean {
    const { clip, sizes } = this.#order;
    const [first, ...halves] = this.#frames;
    if (first === undefined) return false;
    const frameBytes = first.bytes.length;
    const index = ((Math.trunc(base) % clip.count) + clip.count) % clip.count || 0;
    first.bytes.set(this.#clip.subarray(index * frameBytes, (index + 1) * frameBytes));
    const isComposed = overlay === undefined || this.#compositor.compose(first.bytes, overlay);
    const smallest = Math.min(...wanted.map(({ layer }) => sizes[layer] ?? clip.size));
    let larger = first;
    for (const half of halves) {
      if (half.size < smallest) break;
      halveFrame(larger.bytes, larger.size, half.bytes);
      larger = half;
    }
    return isComposed;
  }

  #encode({ layer, asKey }: WantedLayer): LayerPayloads {
    const { codec, clip, sizes, maxPayloadBytes } = this.#order;
    const frame = this.#frames.find(({ size }) => size === sizes[layer]);
    const packetiser = this.#packetisers[layer];
    if (frame === undefined || packetiser === undefined) throw new Error(`there is no layer ${layer}`);
    let encoder = this.#encoders.get(layer);
    if (encoder === undefined) {
      encoder = new VideoEncoder({ codec, size: frame.size, fps: clip.fps });
      this.#encoders.set(layer, encoder);
    }
    const { bytes, isKey } = encoder.encode(frame.bytes, asKey);
    const payloads = packetiser.split(bytes, maxPayloadBytes);
    return { layer, isKey, ...joined(payloads) };
  }

  #forgetOthers(wanted: readonly WantedLayer[]): void {
    for (const [layer, encoder] of this.#encoders) {
      if (wanted.some((one) => one.layer === layer)) continue;
      this.#encoders.delete(layer);
      encoder.close();
    }
  }
}

function halvesDownTo(size: number, smallest: number): { size: number; bytes: Buffer }[] {
  const frames = [];
  for (let edge = size; edge >= smallest && edge > 1; edge /= 2) {
    if (edge % 2 !== 0) break;
    frames.push({ size: edge, bytes: Buffer.alloc((edge * edge * 3) / 2) });
  }
  return frames;
}

function joined(payloads: readonly Uint8Array[]) {
  const lengths = payloads.map(({ length }) => length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const payload of payloads) {
    bytes.set(payload, at);
    at += payload.length;
  }
  return { bytes, lengths };
}
