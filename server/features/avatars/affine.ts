/** FP32[2,3], row-major: [a b c; d e f] takes (x, y) to (ax + by + c, dx + ey + f). */
const VALUES = 6;

/** First `inner`, then `outer`. */
export function compose(outer: Float32Array, inner: Float32Array): Float32Array {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = outer;
  const [g = 0, h = 0, i = 0, j = 0, k = 0, l = 0] = inner;
  return Float32Array.of(
    a * g + b * j,
    a * h + b * k,
    a * i + b * l + c,
    d * g + e * j,
    d * h + e * k,
    d * i + e * l + f,
  );
}

/** Undefined where it takes everything to one line. */
export function invert(affine: Float32Array): Float32Array | undefined {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = affine;
  const area = a * e - b * d;
  if (Math.abs(area) < 1e-9) return undefined;
  return Float32Array.of(e / area, -b / area, (b * f - c * e) / area, -d / area, a / area, (c * d - a * f) / area);
}

/**
 * A patch that was made for frame `from` of a clip, for frame `to`: it goes with the head.
 * @param transforms FP32[frames,2,3]: where the head's own coordinates lie in each frame
 */
export function moveBetweenFrames(
  affine: Float32Array,
  transforms: Float32Array,
  from: number,
  to: number,
): Float32Array {
  const of = (frame: number) => transforms.subarray(frame * VALUES, (frame + 1) * VALUES);
  const still = from === to ? undefined : invert(of(from));
  return still === undefined ? affine : compose(of(to), compose(still, affine));
}
