import { describe, expect, it } from 'vitest';
import { CLIP_RATE, type Clip } from '../../../bench/audio/clips.ts';
import { noise, noises } from '../../../bench/audio/noises.ts';
import { encodeOpus } from '../../../bench/audio/opusFrames.ts';
import { timelineOf } from '../../../bench/audio/timeline.ts';
import { voicedEdges } from '../../../bench/audio/voicedEdges.ts';

/** Stretches of a tone (loudness 0 to 1) for some ms each. */
function sound(...parts: [ms: number, loudness: number][]): Int16Array {
  const samples = parts.flatMap(([ms, loudness]) =>
    Array.from({ length: (ms * CLIP_RATE) / 1000 }, (_, at) => 20_000 * loudness * Math.sin(at / 3)),
  );
  return Int16Array.from(samples);
}

function clip(name: string, ms: number): Clip {
  return { name, text: name, pcm: sound([100, 0], [ms - 200, 1], [100, 0]), voiced: { startMs: 100, endMs: ms - 100 } };
}

const clips = [clip('a', 1000), clip('b', 2000), clip('c', 3000)];

describe('the voiced part of a clip', () => {
  it('begins with its first sound and ends with its last, pauses included', () => {
    expect(voicedEdges(sound([300, 0.002], [500, 1], [700, 0.002], [400, 0.6], [200, 0.002]), CLIP_RATE)).toEqual({
      startMs: 300,
      endMs: 1900,
    });
  });

  it('holds a soft end, but neither a click before it nor a noise of the room after it', () => {
    const pcm = sound([200, 0.002], [30, 1], [400, 0.002], [500, 1], [300, 0.2], [400, 0.01], [200, 0.5]);
    expect(voicedEdges(pcm, CLIP_RATE)).toEqual({ startMs: 630, endMs: 1430 });
  });
});

describe('a timeline', () => {
  it('is the same for the same seed and another for another', () => {
    const [one, same, other] = [7, 7, 8].map((seed) => timelineOf(clips, { seconds: 30, seed }));
    expect(same).toEqual(one);
    expect(other?.spoken).not.toEqual(one?.spoken);
  });

  it('says whole clips with pauses of 1.0 to 1.6 s between them and fits its length', () => {
    const { pcm, spoken } = timelineOf(clips, { seconds: 30, seed: 3 });
    expect(pcm.length).toBe(30 * CLIP_RATE);
    expect(spoken.length).toBeGreaterThan(6);
    expect(spoken.at(-1)?.endMs).toBeLessThan(29_100);
    const pauses = spoken.slice(1).map(({ startMs }, index) => startMs - (spoken[index]?.endMs ?? 0) - 200);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1000);
    // More only where a clip in between no longer fitted.
    expect(Math.min(...pauses)).toBeLessThanOrEqual(1600);
  });

  it('has its sound where it says', () => {
    const { pcm, spoken } = timelineOf(clips, { seconds: 10, seed: 3 });
    for (const { startMs, endMs } of spoken) {
      const loudness = (ms: number) => Math.max(...pcm.slice(ms * 16, ms * 16 + 160).map(Math.abs));
      expect(loudness(startMs)).toBeGreaterThan(15_000);
      expect(loudness(startMs - 20)).toBeLessThan(100);
      expect(loudness(endMs - 20)).toBeGreaterThan(15_000);
      expect(loudness(endMs + 10)).toBeLessThan(100);
    }
  });

  it('becomes one Opus frame for each 20 ms, with nothing to send in most of a pause', () => {
    const frames = encodeOpus(sound([1000, 1], [3000, 0]));
    expect(frames).toHaveLength(200);
    expect(frames.slice(0, 45).every(({ payload }) => payload !== undefined)).toBe(true);
    expect(frames.slice(100).filter(({ payload }) => payload !== undefined).length).toBeLessThan(12);
    expect(frames[10]?.levelDbov).toBeGreaterThan(-10);
    expect(frames.at(-1)?.levelDbov).toBe(-127);
  });
});

describe('noises', () => {
  it.each(Object.keys(noises))('%s is the same for the same seed, in whole frames and not clipped flat', (name) => {
    const pcm = noise(name, { seconds: 0.51, seed: 5 });
    expect(pcm.length).toBe(26 * 320);
    expect(noise(name, { seconds: 0.51, seed: 5 })).toEqual(pcm);
    expect(pcm.filter((sample) => Math.abs(sample) >= 32_767).length).toBeLessThan(40);
  });
});
