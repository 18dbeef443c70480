import type { PictureOverlay } from '../feed.types.ts';
import { OverlayPlanes } from './overlayPlanes.ts';

/** Frame pixels to overlay pixels: `u = ux·x + uy·y + u0`, `v` likewise. */
interface Placement {
  readonly ux: number;
  readonly uy: number;
  readonly u0: number;
  readonly vx: number;
  readonly vy: number;
  readonly v0: number;
  /** The overlay's box in the frame, even so that it holds whole chroma samples. `right` and `bottom` lie outside. */
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Lays a feathered picture over a square I420 frame, in the overlay's box alone. Pixel centres lie at .5; the overlay is
 * sampled bilinearly (one chroma sample for each 2×2 pixels, at their common corner: their mean where nothing is scaled), and is
 * expected at about the frame's scale.
 */
export class Compositor {
  readonly #size: number;
  readonly #planes = new OverlayPlanes();

  /** @param size edge of the frames, even */
  constructor(size: number) {
    this.#size = size;
  }

  /** Changes `frame` (I420, `size * size * 3 / 2` bytes). Returns false, and leaves it alone, where the overlay makes no sense. */
  compose(frame: Uint8Array, overlay: PictureOverlay): boolean {
    const placement = place(overlay, this.#size);
    if (placement === undefined || !this.#planes.read(overlay)) return false;
    if (placement.left >= placement.right || placement.top >= placement.bottom) return true;
    this.#composeLuma(frame, placement);
    this.#composeChroma(frame, placement);
    return true;
  }

  #composeLuma(frame: Uint8Array, { ux, uy, u0, vx, vy, v0, left, top, right, bottom }: Placement): void {
    const { luma, stride, rows } = this.#planes;
    const size = this.#size;
    const maxU = stride - 1;
    const maxV = rows - 1;
    for (let y = top; y < bottom; y++) {
      // Half a pixel back to the centre of the first sample, one on for the border.
      let u = ux * (left + 0.5) + uy * (y + 0.5) + u0 + 0.5;
      let v = vx * (left + 0.5) + vy * (y + 0.5) + v0 + 0.5;
      const row = y * size;
      for (let x = left; x < right; x++, u += ux, v += vx) {
        if (u < 0 || v < 0 || u >= maxU || v >= maxV) continue;
        const column = Math.trunc(u);
        const line = Math.trunc(v);
        const across = u - column;
        const down = v - line;
        const at = (line * stride + column) * 2;
        const below = at + stride * 2;
        const nw = (1 - across) * (1 - down);
        const ne = across * (1 - down);
        const sw = (1 - across) * down;
        const se = across * down;
        const alpha =
          nw * (luma[at + 1] ?? 0) +
          ne * (luma[at + 3] ?? 0) +
          sw * (luma[below + 1] ?? 0) +
          se * (luma[below + 3] ?? 0);
        if (alpha === 0) continue;
        const light =
          nw * (luma[at] ?? 0) + ne * (luma[at + 2] ?? 0) + sw * (luma[below] ?? 0) + se * (luma[below + 2] ?? 0);
        frame[row + x] = (frame[row + x] ?? 0) * (1 - alpha) + light + 0.5;
      }
    }
  }

  #composeChroma(frame: Uint8Array, { ux, uy, u0, vx, vy, v0, left, top, right, bottom }: Placement): void {
    const { luma, chroma, stride, rows } = this.#planes;
    const size = this.#size;
    const blue = size * size;
    const red = blue + blue / 4;
    const maxU = stride - 1;
    const maxV = rows - 1;
    for (let y = top; y < bottom; y += 2) {
      let u = ux * (left + 1) + uy * (y + 1) + u0 + 0.5;
      let v = vx * (left + 1) + vy * (y + 1) + v0 + 0.5;
      const row = (y * size) / 4;
      for (let x = left; x < right; x += 2, u += 2 * ux, v += 2 * vx) {
        if (u < 0 || v < 0 || u >= maxU || v >= maxV) continue;
        const column = Math.trunc(u);
        const line = Math.trunc(v);
        const across = u - column;
        const down = v - line;
        const at = (line * stride + column) * 2;
        const below = at + stride * 2;
        const nw = (1 - across) * (1 - down);
        const ne = across * (1 - down);
        const sw = (1 - across) * down;
        const se = across * down;
        const alpha =
          nw * (luma[at + 1] ?? 0) +
          ne * (luma[at + 3] ?? 0) +
          sw * (luma[below + 1] ?? 0) +
          se * (luma[below + 3] ?? 0);
        if (alpha === 0) continue;
        const cb =
          nw * (chroma[at] ?? 0) +
          ne * (chroma[at + 2] ?? 0) +
          sw * (chroma[below] ?? 0) +
          se * (chroma[below + 2] ?? 0);
        const cr =
          nw * (chroma[at + 1] ?? 0) +
          ne * (chroma[at + 3] ?? 0) +
          sw * (chroma[below + 1] ?? 0) +
          se * (chroma[below + 3] ?? 0);
        const to = row + x / 2;
        frame[blue + to] = (frame[blue + to] ?? 0) * (1 - alpha) + cb + 0.5;
        frame[red + to] = (frame[red + to] ?? 0) * (1 - alpha) + cr + 0.5;
      }
    }
  }
}

/** Undefined where the affine cannot be undone. */
function place({ width, height, affine }: PictureOverlay, size: number): Placement | undefined {
  const [a = Number.NaN, b = Number.NaN, c = Number.NaN, d = Number.NaN, e = Number.NaN, f = Number.NaN] = affine;
  const determinant = a * e - b * d;
  if (!Number.isFinite(determinant * c * f) || Math.abs(determinant) < 1e-6) return undefined;
  const ux = e / determinant;
  const uy = -b / determinant;
  const vx = -d / determinant;
  const vy = a / determinant;
  // Half a pixel around the overlay its edge still fades.
  const [low, highX, highY] = [-0.5, width + 0.5, height + 0.5];
  const xs = [a * low + b * low + c, a * highX + b * low + c, a * low + b * highY + c, a * highX + b * highY + c];
  const ys = [d * low + e * low + f, d * highX + e * low + f, d * low + e * highY + f, d * highX + e * highY + f];
  return {
    ux,
    uy,
    u0: -(ux * c + uy * f),
    vx,
    vy,
    v0: -(vx * c + vy * f),
    left: floorEven(Math.max(0, Math.min(...xs))),
    top: floorEven(Math.max(0, Math.min(...ys))),
    right: ceilEven(Math.min(size, Math.max(...xs))),
    bottom: ceilEven(Math.min(size, Math.max(...ys))),
  };
}

const floorEven = (value: number) => 2 * Math.floor(value / 2);
const ceilEven = (value: number) => 2 * Math.ceil(value / 2);
