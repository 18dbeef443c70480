import { LAYER_ZERO_HEIGHT } from './encodings.ts';

export interface Layers {
  /** 0 is the smallest picture. */
  readonly spatialLayer: number;
  /** 2 is the full frame rate. */
  readonly temporalLayer: number;
}

const TOP_LAYER = 2;
/** A picture may be stretched by this much before the next layer is worth its bits. */
const STRETCH = 1.25;

/**
 * The layers worth receiving for a tile of this size in device pixels (CSS pixels times devicePixelRatio).
 * Undefined when nothing of it shows: receive nothing.
 */
export function layersFor(widthPx: number, heightPx: number): Layers | undefined {
  if (widthPx < 1 || heightPx < 1) return undefined;
  // The picture covers the tile: a 16:9 picture is as high as the tile, or as its width demands.
  const shownHeight = Math.max(heightPx, (widthPx * 9) / 16);
  const spatialLayer = Math.max(0, Math.ceil(Math.log2(shownHeight / STRETCH / LAYER_ZERO_HEIGHT)));
  return { spatialLayer: Math.min(TOP_LAYER, spatialLayer), temporalLayer: 2 };
}
