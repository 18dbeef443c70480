import type { PictureOverlay } from '../feed.types.ts';

/** A picture larger than any frame is no mouth. */
const MAX_OVERLAY_EDGE = 2048;

/**
 * An overlay as the compositor samples it: Y'CbCr of BT.601 in limited range (what VP8 and untagged pictures mean),
 * multiplied by alpha, inside a border of one transparent pixel. Premultiplied, or what lies under alpha 0 would bleed into the
 * feathered edge; with a border, or its last pixels would need a case of their own.
 */
export class OverlayPlanes {
  /** Of a row of pixels, border included. */
  stride = 0;
  rows = 0;
  /** Pairs (Y'·alpha, alpha), alpha 0…1. */
  luma = new Float32Array(0);
  /** Pairs (Cb·alpha, Cr·alpha). */
  chroma = new Float32Array(0);

  /** Reads `overlay`; returns false where its parts do not fit together. */
  read({ width, height, rgba }: PictureOverlay): boolean {
    if (!isEdge(width) || !isEdge(height) || rgba.length !== width * height * 4) return false;
    this.#makeRoom(width + 2, height + 2);
    const { luma, chroma, stride } = this;
    let from = 0;
    for (let y = 1; y <= height; y++) {
      let to = (y * stride + 1) * 2;
      for (const end = to + width * 2; to < end; to += 2, from += 4) {
        const alpha = (rgba[from + 3] ?? 0) / 255;
        if (alpha === 0) {
          luma[to] = luma[to + 1] = chroma[to] = chroma[to + 1] = 0;
          continue;
        }
        const red = rgba[from] ?? 0;
        const green = rgba[from + 1] ?? 0;
        const blue = rgba[from + 2] ?? 0;
        // ITU-R BT.601-7, 2.5.1: 219 and 224 steps of 255.
        luma[to] = alpha * (16 + 0.256788 * red + 0.504129 * green + 0.097906 * blue);
        luma[to + 1] = alpha;
        chroma[to] = alpha * (128 - 0.148223 * red - 0.290993 * green + 0.439216 * blue);
        chroma[to + 1] = alpha * (128 + 0.439216 * red - 0.367788 * green - 0.071427 * blue);
      }
    }
    return true;
  }

  /** Patches of one voice have one size: room is made, and the border cleared, when that changes. */
  #makeRoom(stride: number, rows: number): void {
    if (this.stride === stride && this.rows === rows) return;
    this.stride = stride;
    this.rows = rows;
    this.luma = new Float32Array(stride * rows * 2);
    this.chroma = new Float32Array(stride * rows * 2);
  }
}

const isEdge = (pixels: number) => Number.isInteger(pixels) && pixels > 0 && pixels <= MAX_OVERLAY_EDGE;
