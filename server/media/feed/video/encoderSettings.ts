import { FF_ENCODER_LIBVPX_VP8, FF_ENCODER_LIBX264, type FFEncoderCodec } from 'node-av/constants';
import type { VideoCodec } from '../pictureEncoder.types.ts';

export interface EncoderSettings {
  readonly encoder: FFEncoderCodec;
  /** Bits a second. */
  readonly bitrate: number;
  /** How far a picture may run ahead of the rate. */
  readonly bufferSeconds: number;
  readonly isConstant: boolean;
  /** Pictures; key frames come when asked for, this is only never. */
  readonly keyFrameEvery: number;
  readonly options: Readonly<Record<string, string>>;
}

/** Bits a pixel and second of a head that talks before a still background: 150 kbit/s at 256 pixels, 600 at 512. */
const BITS_A_PIXEL = 2.29;
const NEVER = 1_000_000_000;

export const bitrateOf = (size: number) => Math.round(size * size * BITS_A_PIXEL);

/** What a talking head in a call needs: no picture held back, a constant rate, key frames small enough not to stall the line. */
export function encoderSettings(codec: VideoCodec, size: number): EncoderSettings {
  const common = { bitrate: bitrateOf(size), bufferSeconds: 0.6, keyFrameEvery: NEVER };
  if (codec === 'VP8') {
    return {
      ...common,
      encoder: FF_ENCODER_LIBVPX_VP8,
      isConstant: true,
      options: {
        deadline: 'realtime',
        // Negative: this effort, whatever else the machine does. -8 costs 2 ms at 512 and looks as good as -4, which costs 4.
        'cpu-used': '-8',
        'lag-in-frames': '0',
        'auto-alt-ref': '0',
        'undershoot-pct': '100',
        'overshoot-pct': '15',
        // Percent of a picture's share of the rate: a key frame of 512 pixels has 18 kB at most.
        'max-intra-rate': '600',
      },
    };
  }
  return {
    ...common,
    encoder: FF_ENCODER_LIBX264,
    isConstant: false,
    options: {
      preset: 'superfast',
      tune: 'zerolatency',
      // Constrained baseline, level 3.1, as mediaCodecs.ts offers it (42e01f).
      profile: 'baseline',
      level: '3.1',
      'forced-idr': '1',
      'x264-params': 'scenecut=0',
    },
  };
}
