import type { TrackSource } from '../../shared/roomLog.ts';

/** What `RTCRtpSender` takes for one encoding; the bitrate is in bit/s. */
export interface VideoEncoding {
  maxBitrate: number;
  scaleResolutionDownBy?: number;
  scalabilityMode: 'L1T3';
}

/** Layer `n` is about 180·2ⁿ lines high, whatever the camera gives: `layersFor` counts on it. */
export const LAYER_ZERO_HEIGHT = 180;

const CAMERA_BITRATES = [150_000, 500_000, 1_700_000];
const SCREEN_BITRATE = 2_500_000;

/**
 * Simulcast encodings, the smallest first. Three at 720 lines, two at 360 (Chromium never runs a third there),
 * one below. A screen has one: text scaled down cannot be read.
 */
export function videoEncodings(source: TrackSource, heightPx: number): VideoEncoding[] {
  if (source !== 'camera') return [{ maxBitrate: SCREEN_BITRATE, scalabilityMode: 'L1T3' }];
  const layers = Math.min(3, Math.max(1, 1 + Math.round(Math.log2(heightPx / LAYER_ZERO_HEIGHT))));
  return CAMERA_BITRATES.slice(0, layers).map((maxBitrate, layer) => ({
    maxBitrate,
    scaleResolutionDownBy: 2 ** (layers - 1 - layer),
    scalabilityMode: 'L1T3',
  }));
}

/** Opus as the server's recogniser wants it: repaired in band and by NACK, silent in pauses. The bitrate is in bit/s. */
export function opusOptions(source: TrackSource) {
  const shared = source === 'screen-audio';
  return {
    opusFec: true,
    opusDtx: true,
    opusNack: true,
    opusStereo: shared,
    opusMaxAverageBitrate: shared ? 96_000 : 40_000,
  };
}
