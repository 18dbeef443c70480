import { Encoder } from '@evan/opus';
import { CLIP_RATE } from './clips.ts';
import { levelDbfs } from './voicedEdges.ts';

export const FRAME_MS = 20;
const FRAME_SAMPLES = (CLIP_RATE * FRAME_MS) / 1000;
/** What libopus gives for a frame that need not be sent (RFC 7587 §3.1.3). */
const DTX_BYTES = 2;

/** One packet's worth of sound. */
export interface OpusFrame {
  /** Undefined where a browser would send nothing (DTX). */
  readonly payload: Buffer | undefined;
  /** RFC 6464, -127 to 0 dBov. */
  readonly levelDbov: number;
}

/** Encodes as the SDK asks browsers to: speech, 40 kbit/s, in-band FEC, DTX. Done before a run, so that it costs the run nothing. */
export function encodeOpus(pcm: Int16Array): OpusFrame[] {
  const encoder = new Encoder({ channels: 1, sample_rate: CLIP_RATE, application: 'voip' });
  encoder.bitrate = 40_000;
  encoder.inband_fec = true;
  encoder.packet_loss = 5;
  encoder.dtx = true;
  let silent = false;
  return Array.from({ length: Math.floor(pcm.length / FRAME_SAMPLES) }, (_, index) => {
    const samples = pcm.slice(index * FRAME_SAMPLES, (index + 1) * FRAME_SAMPLES);
    const payload = Buffer.from(encoder.encode(samples));
    // A browser sends the first empty frame, which announces the silence, and none after it.
    const announced = silent;
    silent = payload.length <= DTX_BYTES;
    return {
      payload: silent && announced ? undefined : payload,
      levelDbov: Math.min(0, Math.round(levelDbfs(samples))),
    };
  });
}
