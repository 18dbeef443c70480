import { LiveOpusDecoder } from '../../server/media/codecs/liveOpusDecoder.ts';
import { quantilesOf } from '../score/quantiles.ts';
import type { SeenPacket } from './roomViewer.ts';

const PACKET_MS = 20;
const TICKS_PER_MS = 48;
/** Of 32768: louder is speech, not what a codec makes of silence. */
const LOUD = 300;

/** Pictures that came in a stretch of time: whole ones, told by the marker behind each. */
export function picturesIn(packets: readonly SeenPacket[], fromMs: number, toMs: number): number {
  return new Set(
    packets.filter(({ atMs, marker }) => marker && atMs >= fromMs && atMs < toMs).map(({ timestamp }) => timestamp),
  ).size;
}

export interface VoiceContinuity {
  /** Longest wait for a packet, and the 99th of a hundred, ms; 20 is none. */
  readonly longestMs: number;
  readonly p99Ms: number;
  /** Media time that never came: packets lost, or time that the sender passed over. */
  readonly missingMs: number;
}

export function continuityOf(packets: readonly SeenPacket[]): VoiceContinuity {
  const waits = packets.slice(1).map(({ atMs }, at) => atMs - (packets[at]?.atMs ?? atMs));
  const steps = packets.slice(1).map(({ timestamp }, at) => (timestamp - (packets[at]?.timestamp ?? timestamp)) | 0);
  const missing = steps.reduce((sum, step) => sum + Math.max(0, step / TICKS_PER_MS - PACKET_MS), 0);
  return { longestMs: Math.max(0, ...waits), p99Ms: quantilesOf(waits).p99 ?? 0, missingMs: missing };
}

export interface HeardSound {
  readonly atMs: number;
  readonly loud: boolean;
  /** 16 kHz. */
  readonly pcm: Int16Array;
}

/** Decoded after the run, so that it costs the run nothing. */
export function heardIn(packets: readonly SeenPacket[]): HeardSound[] {
  const decoder = new LiveOpusDecoder();
  const heard = packets.map(({ atMs, payload }) => {
    const pcm = decoder.decode(payload) ?? new Int16Array(0);
    return { atMs, pcm, loud: pcm.some((sample) => Math.abs(sample) > LOUD) };
  });
  decoder.close();
  return heard;
}

/** From a moment until the first packet with sound in it came; undefined where none did. */
export function untilSound(heard: readonly HeardSound[], fromMs: number): number | undefined {
  const first = heard.find(({ atMs, loud }) => loud && atMs >= fromMs);
  return first && first.atMs - fromMs;
}

/** How long sound was still heard after a moment. */
export function soundAfter(heard: readonly HeardSound[], fromMs: number): number {
  const last = heard.findLast(({ loud }) => loud);
  return Math.max(0, (last?.atMs ?? 0) + PACKET_MS - fromMs);
}
