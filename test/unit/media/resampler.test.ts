import { describe, expect, it } from 'vitest';
import { Resampler } from '../../../server/media/files/resampler.ts';

const RATE = 16_000;
const AMPLITUDE = 0.5;

function resample(frequency: number, sampleRate: number, pieceSamples = 1001): Float32Array {
  const tone = Float32Array.from(
    { length: sampleRate },
    (_, at) => AMPLITUDE * Math.sin((2 * Math.PI * frequency * at) / sampleRate),
  );
  const resampler = new Resampler(sampleRate);
  const out: number[] = [];
  for (let at = 0; at < tone.length; at += pieceSamples)
    out.push(...resampler.push(tone.subarray(at, at + pieceSamples)));
  out.push(...resampler.end());
  return Float32Array.from(out);
}

/** Root mean square away from the ends, dB of a sine of `AMPLITUDE`. */
function levelDb(samples: Float32Array): number {
  const middle = samples.subarray(2000, -2000);
  const power = middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length;
  return 10 * Math.log10(power / (AMPLITUDE ** 2 / 2));
}

function errorDb(samples: Float32Array, frequency: number): number {
  return levelDb(samples.map((sample, at) => sample - AMPLITUDE * Math.sin((2 * Math.PI * frequency * at) / RATE)));
}

describe('Resampler', () => {
  it.each([8000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000])(
    'brings speech from %i Hz to 16 kHz, in place and in full',
    (rate) => {
      for (const frequency of [300, 1000, 3000]) {
        const samples = resample(frequency, rate);
        expect(samples).toHaveLength(RATE);
        expect(errorDb(samples, frequency)).toBeLessThan(-75);
      }
    },
  );

  it('keeps what lies above 8 kHz from coming back as something else', () => {
    for (const frequency of [8600, 10_000, 15_000, 20_000]) {
      for (const rate of [44_100, 48_000]) expect(levelDb(resample(frequency, rate))).toBeLessThan(-75);
    }
  });

  it.each([16_000, 22_050, 24_000])(
    'brings a voice from %i Hz to 48 kHz, in place and in full, without images',
    (rate) => {
      for (const frequency of [200, 1000, 0.4 * rate]) {
        const tone = Float32Array.from({ length: rate }, (_, at) => Math.sin((2 * Math.PI * frequency * at) / rate));
        const resampler = new Resampler(rate, 48_000);
        const out: number[] = [];
        for (let at = 0; at < rate; at += rate / 10) out.push(...resampler.push(tone.subarray(at, at + rate / 10)));
        out.push(...resampler.end());
        expect(out).toHaveLength(48_000);
        const worst = out
          .slice(2000, -2000)
          .reduce(
            (most, sample, at) =>
              Math.max(most, Math.abs(sample - Math.sin((2 * Math.PI * frequency * (at + 2000)) / 48_000))),
            0,
          );
        expect(20 * Math.log10(worst)).toBeLessThan(-60);
      }
    },
  );

  it('gives the same whatever the pieces are', () => {
    const whole = resample(1234, 44_100, 44_100);
    for (const pieceSamples of [1, 7, 4096]) expect(resample(1234, 44_100, pieceSamples)).toEqual(whole);
  });

  it('takes odd rates, and next to nothing', () => {
    expect(errorDb(resample(1000, 44_099), 1000)).toBeLessThan(-60);
    const brief = new Resampler(48_000);
    expect(brief.push(Float32Array.of(1)).length + brief.end().length).toBe(0);
    const none = new Resampler(48_000);
    expect(none.end()).toHaveLength(0);
  });
});
