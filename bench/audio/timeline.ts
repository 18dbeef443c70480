import { CLIP_RATE, type Clip } from './clips.ts';
import { type Random, randomFrom, shuffled } from './random.ts';

/** Between two clips of one speaker. */
const GAP_MS = { least: 1000, most: 1600 };
/** Speakers do not begin all at once. */
const LEAD_MS = { least: 500, most: 2500 };
const FRAME_MS = 20;
/** A quiet room: no microphone gives pure zeros. */
const ROOM_NOISE_DBFS = -72;

/** What one speaker says, and when. Mono, 16 kHz, a whole number of 20 ms frames. */
export interface Timeline {
  readonly pcm: Int16Array;
  /** Voiced parts, ms from the beginning. */
  readonly spoken: readonly { readonly text: string; readonly startMs: number; readonly endMs: number }[];
}

export const durationMs = ({ pcm }: Pick<Timeline, 'pcm'>) => (pcm.length * 1000) / CLIP_RATE;

/** Clips in an order of their own for each seed, again and again, with pauses, as many as fit into `seconds`. */
export function timelineOf(clips: readonly Clip[], { seconds, seed }: { seconds: number; seed: number }): Timeline {
  const random = randomFrom(seed);
  const pcm = roomNoise(frames(seconds * 1000) * samplesOf(FRAME_MS), random);
  const spoken: Timeline['spoken'][number][] = [];
  let atMs = between(LEAD_MS, random);
  for (let fits = true; fits; ) {
    fits = false;
    for (const clip of shuffled(clips, random)) {
      const at = samplesOf(atMs);
      if (at + clip.pcm.length + samplesOf(GAP_MS.least) > pcm.length) continue;
      fits = true;
      mixInto(pcm, clip.pcm, at);
      const { startMs, endMs } = clip.voiced;
      spoken.push({ text: clip.text, startMs: atMs + startMs, endMs: atMs + endMs });
      atMs += (clip.pcm.length * 1000) / CLIP_RATE + between(GAP_MS, random);
    }
  }
  return { pcm, spoken };
}

/** A microphone that nobody speaks into. */
export function pauseOf(seconds: number): Int16Array {
  return roomNoise(frames(seconds * 1000) * samplesOf(FRAME_MS), randomFrom(0));
}

function mixInto(target: Int16Array, clip: Int16Array, at: number): void {
  for (const [index, sample] of clip.entries()) {
    target[at + index] = clamp((target[at + index] ?? 0) + sample);
  }
}

function roomNoise(samples: number, random: Random): Int16Array {
  const peak = 32_768 * 10 ** (ROOM_NOISE_DBFS / 20) * Math.sqrt(3);
  return Int16Array.from({ length: samples }, () => Math.round((2 * random() - 1) * peak));
}

export const clamp = (sample: number) => Math.max(-32_768, Math.min(32_767, Math.round(sample)));
const frames = (ms: number) => Math.ceil(ms / FRAME_MS);
const samplesOf = (ms: number) => Math.round((ms * CLIP_RATE) / 1000);
const between = ({ least, most }: { least: number; most: number }, random: Random) =>
  Math.round(least + (most - least) * random());
