import { describe, expect, it } from 'vitest';
import { connectionQuality } from '../../../client/sdk/connectionQuality.ts';
import { opusOptions, videoEncodings } from '../../../client/sdk/encodings.ts';
import { layersFor } from '../../../client/sdk/layers.ts';

describe('videoEncodings', () => {
  it('sends three sizes of a 720-line camera, the smallest first', () => {
    expect(videoEncodings('camera', 720).map(({ scaleResolutionDownBy }) => scaleResolutionDownBy)).toEqual([4, 2, 1]);
  });

  it.each([
    [1080, 3],
    [480, 2],
    [360, 2],
    [240, 1],
    [90, 1],
  ])('sends of %i lines only the %i encodings that a browser runs', (height, count) => {
    const encodings = videoEncodings('camera', height);
    expect(encodings).toHaveLength(count);
    expect(encodings.at(-1)?.scaleResolutionDownBy).toBe(1);
  });

  it('sends a screen once, at full size', () => {
    expect(videoEncodings('screen', 1080)).toEqual([{ maxBitrate: 2_500_000, scalabilityMode: 'L1T3' }]);
  });
});

describe('opusOptions', () => {
  it('repairs losses and is silent in pauses', () => {
    expect(opusOptions('microphone')).toMatchObject({ opusFec: true, opusDtx: true, opusNack: true });
  });

  it('keeps the stereo of a shared tab alone', () => {
    expect(opusOptions('microphone').opusStereo).toBe(false);
    expect(opusOptions('screen-audio').opusStereo).toBe(true);
  });
});

describe('layersFor', () => {
  it.each([
    [160, 90, 0],
    [400, 225, 0],
    [480, 270, 1],
    [800, 450, 1],
    [960, 540, 2],
    [3840, 2160, 2],
  ])('asks for a tile of %i by %i device pixels layer %i', (width, height, layer) => {
    expect(layersFor(width, height)?.spatialLayer).toBe(layer);
  });

  it('goes by the side that the picture has to cover', () => {
    expect(layersFor(200, 600)?.spatialLayer).toBe(2);
    expect(layersFor(1200, 100)?.spatialLayer).toBe(2);
  });

  it('asks for nothing where nothing shows', () => {
    expect(layersFor(0, 0)).toBeUndefined();
    expect(layersFor(300, 0)).toBeUndefined();
  });
});

describe('connectionQuality', () => {
  it.each([
    [[10, 8], 'good'],
    [[10, 6], 'fair'],
    [[2, 10], 'poor'],
    [[0, 10], 'lost'],
    [[], 'unknown'],
  ] as const)('calls scores %j %s', (scores, quality) => {
    expect(connectionQuality(scores)).toBe(quality);
  });
});
