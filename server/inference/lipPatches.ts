import type { LipPatch } from './lipSync.types.ts';
import type { SampleMap } from './sampleMap.ts';
import { type Outputs, outputOf, readFloats, readInt32s, readInt64s } from './tensors.ts';

const AFFINE_VALUES = 6;
const CHANNELS = 4;
/** Larger than any frame. */
const MAX_SIDE = 2048;

/**
 * One response of a lip-sync model: PATCH UINT8[1,n,h,w,4], AFFINE FP32[1,n,2,3], BASE INT32[1,n], PTS INT64[1,n]. Pixels
 * are not copied.
 * @throws RangeError where it does not fit
 */
export function readLipPatches(outputs: Outputs, map: SampleMap): LipPatch[] {
  if (!outputs.has('PATCH')) return [];
  const { shape, data } = outputOf(outputs, 'PATCH');
  const [count = 0, height = 0, width = 0, channels] = shape.slice(-4);
  const bytes = height * width * CHANNELS;
  const affines = readFloats(outputOf(outputs, 'AFFINE'));
  const bases = readInt32s(outputOf(outputs, 'BASE'));
  const times = readInt64s(outputOf(outputs, 'PTS'));
  const fits =
    channels === CHANNELS &&
    width <= MAX_SIDE &&
    height <= MAX_SIDE &&
    data.length === count * bytes &&
    affines.length === count * AFFINE_VALUES &&
    affines.every(Number.isFinite) &&
    bases.length === count &&
    times.length === count;
  if (!fits) throw new RangeError(`PATCH is [${shape}], and what goes with it does not fit`);
  return Array.from({ length: count }, (_, index) => ({
    ptsSample: map.start(times[index] ?? 0),
    base: bases[index] ?? 0,
    width,
    height,
    // No Buffer: its `slice` would not copy.
    rgba: new Uint8Array(data.buffer, data.byteOffset + index * bytes, bytes),
    affine: affines.slice(index * AFFINE_VALUES, (index + 1) * AFFINE_VALUES),
  }));
}
