import { describe, expect, it } from 'vitest';
import type { PictureOverlay } from '../../../server/media/feed/feed.types.ts';
import { Compositor } from '../../../server/media/feed/video/compositor.ts';
import { seededRandom } from '../../fixtures/random.ts';

const SIZE = 32;
const random = seededRandom(7);
const byte = () => Math.floor(random() * 256);

function randomFrame(): Uint8Array {
  return Uint8Array.from({ length: (SIZE * SIZE * 3) / 2 }, () => 16 + Math.floor(random() * 219));
}

function overlayOf(
  width: number,
  height: number,
  affine: readonly number[],
  pixel: () => readonly number[],
): PictureOverlay {
  const rgba = Uint8Array.from(Array.from({ length: width * height }, pixel).flat());
  return { width, height, rgba, affine: Float32Array.from(affine) };
}

/** What is seen at a point of the frame: red, green, blue times alpha, and alpha 0…1; outside the overlay nothing is. */
function sampleAt({ width, height, rgba, affine }: PictureOverlay, x: number, y: number): number[] {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = affine;
  const determinant = a * e - b * d;
  const u = (e * (x - c) - b * (y - f)) / determinant - 0.5;
  const v = (a * (y - f) - d * (x - c)) / determinant - 0.5;
  const sum = [0, 0, 0, 0];
  for (const line of [Math.floor(v), Math.floor(v) + 1]) {
    for (const column of [Math.floor(u), Math.floor(u) + 1]) {
      if (line < 0 || column < 0 || line >= height || column >= width) continue;
      const weight = (1 - Math.abs(u - column)) * (1 - Math.abs(v - line));
      const at = (line * width + column) * 4;
      const alpha = (rgba[at + 3] ?? 0) / 255;
      for (const channel of [0, 1, 2]) sum[channel] = (sum[channel] ?? 0) + weight * alpha * (rgba[at + channel] ?? 0);
      sum[3] = (sum[3] ?? 0) + weight * alpha;
    }
  }
  return sum;
}

/** BT.601 from its definition: Kr 0.299, Kb 0.114, 219 and 224 steps of 255. */
function toYcc([red = 0, green = 0, blue = 0, alpha = 0]: readonly number[]): number[] {
  const light = 0.299 * red + 0.587 * green + 0.114 * blue;
  return [
    16 * alpha + (219 / 255) * light,
    128 * alpha + ((224 / 255) * (blue - light)) / 1.772,
    128 * alpha + ((224 / 255) * (red - light)) / 1.402,
  ];
}

/** The same picture, each sample from its definition. */
function reference(frame: Uint8Array, overlay: PictureOverlay): Float64Array {
  const picture = Float64Array.from(frame);
  const mix = (at: number, x: number, y: number, plane: number) => {
    const seen = sampleAt(overlay, x, y);
    picture[at] = (frame[at] ?? 0) * (1 - (seen[3] ?? 0)) + (toYcc(seen)[plane] ?? 0);
  };
  for (let y = 0; y < SIZE; y++) for (let x = 0; x < SIZE; x++) mix(y * SIZE + x, x + 0.5, y + 0.5, 0);
  const half = SIZE / 2;
  for (let y = 0; y < half; y++) {
    for (let x = 0; x < half; x++) {
      mix(SIZE * SIZE + y * half + x, 2 * x + 1, 2 * y + 1, 1);
      mix(SIZE * SIZE + half * half + y * half + x, 2 * x + 1, 2 * y + 1, 2);
    }
  }
  return picture;
}

function furthest(picture: Uint8Array, expected: Float64Array): number {
  return Math.max(...picture.map((sample, at) => 100 * Math.abs(sample - (expected[at] ?? 0)))) / 100;
}

const compose = (frame: Uint8Array, overlay: PictureOverlay) => {
  const picture = Uint8Array.from(frame);
  return { picture, isComposed: new Compositor(SIZE).compose(picture, overlay) };
};

describe('Compositor', () => {
  it.each([
    ['as it is', [1, 0, 6, 0, 1, 4]],
    ['between pixels', [1, 0, 6.3, 0, 1, 4.8]],
    ['turned', [0.9, -0.3, 9, 0.3, 0.9, 5]],
    ['larger', [1.7, 0, 2, 0, 1.6, 3]],
    ['mirrored and sheared', [-1, 0.2, 24, 0.1, 1.1, 6]],
    ['partly outside, above and to the left', [1, 0, -7, 0, 1, -5]],
    ['partly outside, below and to the right', [1.2, 0.1, 24, 0, 1, 25]],
  ])('is the reference to within rounding: %s', (_, affine) => {
    const frame = randomFrame();
    const overlay = overlayOf(13, 11, affine, () => [byte(), byte(), byte(), byte()]);
    const { picture, isComposed } = compose(frame, overlay);
    expect(isComposed).toBe(true);
    expect(picture).not.toEqual(frame);
    expect(furthest(picture, reference(frame, overlay))).toBeLessThanOrEqual(0.51);
  });

  it('shows an opaque white as 235 and a black as 16, both without colour', () => {
    for (const [level, luma] of [
      [255, 235],
      [0, 16],
    ] as const) {
      const { picture } = compose(
        randomFrame(),
        overlayOf(SIZE, SIZE, [1, 0, 0, 0, 1, 0], () => [level, level, level, 255]),
      );
      expect([...new Set(picture.subarray(0, SIZE * SIZE))]).toEqual([luma]);
      // The outermost corner of a chroma sample lies inside, so all of them are covered.
      expect([...new Set(picture.subarray(SIZE * SIZE))]).toEqual([128]);
    }
  });

  it('feathers: half of the alpha is half of the way', () => {
    const frame = new Uint8Array((SIZE * SIZE * 3) / 2).fill(100);
    const { picture } = compose(
      frame,
      overlayOf(SIZE, SIZE, [1, 0, 0, 0, 1, 0], () => [255, 255, 255, 128]),
    );
    expect(picture[SIZE * 16 + 16]).toBe(Math.round(100 + (128 / 255) * (235 - 100)));
  });

  it('lets no colour that lies under alpha 0 bleed into the edge', () => {
    const frame = new Uint8Array((SIZE * SIZE * 3) / 2).fill(128);
    let pixels = 0;
    const stripes = () => (pixels++ % 2 === 0 ? [128, 128, 128, 255] : [255, 0, 0, 0]);
    const { picture } = compose(frame, overlayOf(8, 8, [1, 0, 10.5, 0, 1, 10.5], stripes));
    expect([...picture.subarray(SIZE * SIZE)].every((sample) => Math.abs(sample - 128) <= 1)).toBe(true);
  });

  it('leaves every sample outside the box of the overlay alone', () => {
    const frame = randomFrame();
    const { picture } = compose(
      frame,
      overlayOf(6, 6, [1, 0, 8, 0, 1, 8], () => [255, 255, 255, 255]),
    );
    for (let y = 0; y < SIZE; y++) {
      for (let x = 0; x < SIZE; x++) {
        const isInside = x >= 8 && x < 14 && y >= 8 && y < 14;
        expect(picture[y * SIZE + x]).toBe(isInside ? 235 : frame[y * SIZE + x]);
      }
    }
  });

  it('reads overlays of changing size, one after the other, as if each were the first', () => {
    const compositor = new Compositor(SIZE);
    const frame = randomFrame();
    for (const [width, height] of [
      [20, 20],
      [5, 9],
      [20, 20],
      [9, 5],
    ] as const) {
      const overlay = overlayOf(width, height, [1, 0.1, 4, 0, 1, 5], () => [byte(), byte(), byte(), byte()]);
      const picture = Uint8Array.from(frame);
      compositor.compose(picture, overlay);
      expect(furthest(picture, reference(frame, overlay))).toBeLessThanOrEqual(0.51);
    }
  });

  it.each([
    ['bytes are missing', { width: 4, height: 4, rgba: new Uint8Array(63), affine: Float32Array.of(1, 0, 0, 0, 1, 0) }],
    ['it has no area', { width: 0, height: 4, rgba: new Uint8Array(0), affine: Float32Array.of(1, 0, 0, 0, 1, 0) }],
    ['it is huge', { width: 5000, height: 1, rgba: new Uint8Array(20_000), affine: Float32Array.of(1, 0, 0, 0, 1, 0) }],
    [
      'the affine folds it',
      { width: 4, height: 4, rgba: new Uint8Array(64), affine: Float32Array.of(1, 2, 0, 2, 4, 0) },
    ],
    [
      'the affine is no number',
      { width: 4, height: 4, rgba: new Uint8Array(64), affine: Float32Array.of(1, 0, Number.NaN, 0, 1, 0) },
    ],
    ['the affine is short', { width: 4, height: 4, rgba: new Uint8Array(64), affine: Float32Array.of(1, 0, 0) }],
  ])('says so and leaves the frame alone where %s', (_, overlay) => {
    const frame = randomFrame();
    const { picture, isComposed } = compose(frame, overlay);
    expect(isComposed).toBe(false);
    expect(picture).toEqual(frame);
  });

  it('takes an overlay that lies wholly outside for what it is', () => {
    const frame = randomFrame();
    const overlay = overlayOf(4, 4, [1, 0, 400, 0, 1, -90], () => [255, 255, 255, 255]);
    expect(compose(frame, overlay)).toEqual({ picture: frame, isComposed: true });
  });
});
