import { describe, expect, it } from 'vitest';
import { compose, invert, moveBetweenFrames } from '../../../server/features/avatars/affine.ts';

/** Turned, scaled and moved. */
const turned = (degrees: number, scale: number, x: number, y: number) => {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180) * scale, Math.sin((degrees * Math.PI) / 180) * scale];
  return Float32Array.of(cos, -sin, x, sin, cos, y);
};
const place = ([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0]: Float32Array, x: number, y: number) => [
  a * x + b * y + c,
  d * x + e * y + f,
];

describe('affine transforms', () => {
  it('apply one after the other', () => {
    const [outer, inner] = [turned(20, 1.5, 10, -4), turned(-50, 0.7, 3, 8)];
    const [x = 0, y = 0] = place(inner, 12, 34);
    const expected = place(outer, x, y);
    place(compose(outer, inner), 12, 34).forEach((value, at) => {
      expect(value).toBeCloseTo(expected[at] ?? Number.NaN, 3);
    });
  });

  it('are undone by their inverse; what is flat has none', () => {
    const affine = turned(33, 1.2, 100, 50);
    const inverse = invert(affine);
    const both = inverse && compose(inverse, affine);
    [1, 0, 0, 0, 1, 0].forEach((value, at) => {
      expect(both?.[at]).toBeCloseTo(value, 4);
    });
    expect(invert(Float32Array.of(1, 2, 0, 2, 4, 0))).toBeUndefined();
  });

  it('move a patch with the head from one frame of a clip to another', () => {
    const heads = [turned(0, 1, 0, 0), turned(10, 1.1, 5, -7)];
    const transforms = Float32Array.from(heads.flatMap((head) => [...head]));
    const patch = turned(0, 2, 190, 260);
    const moved = moveBetweenFrames(patch, transforms, 0, 1);
    const [x = 0, y = 0] = place(patch, 30, 30);
    const expected = place(heads[1] ?? patch, x, y); // the first head stands still
    place(moved, 30, 30).forEach((value, at) => {
      expect(value).toBeCloseTo(expected[at] ?? Number.NaN, 2);
    });
    expect(moveBetweenFrames(patch, transforms, 1, 1)).toBe(patch);
    const back = moveBetweenFrames(moved, transforms, 1, 0);
    patch.forEach((value, at) => {
      expect(back[at]).toBeCloseTo(value, 2);
    });
  });
});
