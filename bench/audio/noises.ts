import { CLIP_RATE } from './clips.ts';
import { type Random, randomFrom } from './random.ts';
import { clamp } from './timeline.ts';

type Wave = (random: Random) => (seconds: number) => number;

/** Sounds without a word in them; amplitudes from -1 to 1. */
export const noises: Readonly<Record<string, Wave>> = {
  silence: () => () => 0,
  'white noise': (random) => () => 0.1 * gaussian(random),
  'pink noise': pink,
  clicks,
  hum: () => (seconds) => 0.15 * harmonics(seconds, 50, [1, 0.5, 0.7, 0.2, 0.3]) * (0.8 + 0.2 * sine(seconds, 0.3)),
  music,
};

export type NoiseName = keyof typeof noises;

/** Mono, 16 kHz, in whole 20 ms frames. */
export function noise(name: NoiseName, { seconds, seed }: { seconds: number; seed: number }): Int16Array {
  const wave = noises[name]?.(randomFrom(seed));
  const samples = 320 * Math.ceil((seconds * CLIP_RATE) / 320);
  return Int16Array.from({ length: samples }, (_, at) => clamp(32_767 * (wave?.(at / CLIP_RATE) ?? 0)));
}

/** White noise through three leaky integrators: about 3 dB less an octave. */
function pink(random: Random): (seconds: number) => number {
  let [slow, middle, fast] = [0, 0, 0];
  return () => {
    const white = gaussian(random);
    slow = 0.997 * slow + 0.03 * white;
    middle = 0.965 * middle + 0.11 * white;
    fast = 0.6 * fast + 0.2 * white;
    return 0.15 * (slow + middle + fast);
  };
}

/** Keys and door latches: short bursts at random times. */
function clicks(random: Random): (seconds: number) => number {
  let nextAt = random();
  let burst = { at: -1, pitch: 1000, loud: 0 };
  return (seconds) => {
    if (seconds >= nextAt) {
      burst = { at: seconds, pitch: 500 + 3000 * random(), loud: 0.2 + 0.6 * random() };
      nextAt = seconds + 0.08 + 1.2 * random() ** 2;
    }
    const age = seconds - burst.at;
    return age > 0.05 ? 0 : burst.loud * Math.exp(-age * 150) * (sine(age, burst.pitch) + 0.5 * gaussian(random));
  };
}

/** A bass, chords and a wandering tune on a pentatonic scale, 100 beats a minute. */
function music(random: Random): (seconds: number) => number {
  const scale = [0, 3, 5, 7, 10, 12, 15];
  const roots = [220, 196, 174.6, 164.8];
  const noteSeconds = 0.3;
  const tune: number[] = [];
  return (seconds) => {
    const step = Math.floor(seconds / noteSeconds);
    while (tune.length <= step) tune.push(scale[Math.floor(random() * scale.length)] ?? 0);
    const age = seconds - step * noteSeconds;
    const root = roots[Math.floor(step / 8) % roots.length] ?? 220;
    const pluck = Math.exp(-6 * age) * harmonics(seconds, root * 2 * 2 ** ((tune[step] ?? 0) / 12), [1, 0.6, 0.4, 0.2]);
    const chord = [0, 3, 7].reduce((sum, semitones) => sum + sine(seconds, root * 2 ** (semitones / 12)), 0);
    return 0.12 * pluck + 0.05 * chord + 0.1 * sine(seconds, root / 2);
  };
}

function harmonics(seconds: number, pitch: number, strengths: readonly number[]): number {
  return strengths.reduce((sum, strength, index) => sum + strength * sine(seconds, pitch * (index + 1)), 0);
}

const sine = (seconds: number, pitch: number) => Math.sin(2 * Math.PI * pitch * seconds);

/** Twelve uniform numbers: variance 1, close to normal. */
function gaussian(random: Random): number {
  let sum = -6;
  for (let count = 0; count < 12; count += 1) sum += random();
  return sum;
}
