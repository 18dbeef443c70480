import { PCM_RATE } from '../pcmChunk.ts';

/** Zero crossings of the sinc on each side, counted at the lower of the two rates. */
const CROSSINGS = 20;
/** Of the lower rate's band: what is left is where the filter falls. */
const PASSBAND = 0.94;
/** Kaiser window: about 80 dB. */
const KAISER_BETA = 8;
/** Rates without a common divisor are taken to the nearest of so many places between two samples. */
const MAX_PHASES = 1024;

/**
 * Any rate to another through a windowed sinc, one filter for each place that an output sample can have between two input
 * samples (16 kHz from 44.1 kHz: 160). Stateful: pieces join without a seam. Output samples stand at the times of the input,
 * and come 20 samples of the lower rate later.
 * @see J. O. Smith, Digital Audio Resampling, https://ccrma.stanford.edu/~jos/resample/
 */
export class Resampler {
  readonly #sampleRate: number;
  readonly #outputRate: number;
  readonly #phases: number;
  readonly #halfLength: number;
  readonly #filters: readonly Float32Array[];
  /** Input not done with; its first sample is `#firstSample` of the stream. */
  #input: Float32Array;
  #firstSample: number;
  #produced = 0;
  #received = 0;

  constructor(sampleRate: number, outputRate: number = PCM_RATE) {
    this.#sampleRate = sampleRate;
    this.#outputRate = outputRate;
    this.#phases = Math.min(outputRate / greatestCommonDivisor(outputRate, sampleRate), MAX_PHASES);
    const cutoff = (PASSBAND * Math.min(sampleRate, outputRate)) / sampleRate;
    this.#halfLength = Math.ceil(CROSSINGS / cutoff);
    this.#filters = filtersFor(this.#phases, cutoff, this.#halfLength);
    this.#input = new Float32Array(this.#halfLength); // silence before the start
    this.#firstSample = -this.#halfLength;
  }

  push(samples: Float32Array): Float32Array {
    this.#received += samples.length;
    return this.#run(samples, Number.POSITIVE_INFINITY);
  }

  /** What the last samples still give. */
  end(): Float32Array {
    return this.#run(
      new Float32Array(this.#halfLength + 1),
      Math.round((this.#received * this.#outputRate) / this.#sampleRate),
    );
  }

  #run(samples: Float32Array, most: number): Float32Array {
    const input = concatenate(this.#input, samples);
    const inputEnd = this.#firstSample + input.length;
    const step = this.#sampleRate / this.#outputRate;
    const last = Math.min(most, Math.ceil((inputEnd - this.#halfLength - 1) / step));
    const output = new Float32Array(Math.max(0, last - this.#produced));
    let from = this.#firstSample;
    for (let at = 0; at < output.length; at += 1) {
      // Whole samples and phases apart: rounded in one, the place could fall on the next sample's first phase.
      const place = Math.round((this.#produced + at) * step * this.#phases);
      const whole = Math.floor(place / this.#phases);
      const filter = this.#filters[place - whole * this.#phases] ?? new Float32Array(0);
      from = whole - this.#halfLength + 1;
      let sum = 0;
      const offset = from - this.#firstSample;
      for (let tap = 0; tap < filter.length; tap += 1) sum += (filter[tap] ?? 0) * (input[offset + tap] ?? 0);
      output[at] = sum;
    }
    this.#produced += output.length;
    const next = Math.floor(this.#produced * step) - this.#halfLength;
    const done = Math.max(0, Math.min(next - this.#firstSample, input.length));
    this.#input = input.slice(done);
    this.#firstSample += done;
    return output;
  }
}

/** Designing takes milliseconds, and a voice begins a stream for everything that it says. The oldest is forgotten first. */
const designed = new Map<string, readonly Float32Array[]>();
const MAX_DESIGNED = 8;

function filtersFor(phases: number, cutoff: number, halfLength: number): readonly Float32Array[] {
  const key = `${phases} ${cutoff} ${halfLength}`;
  const known = designed.get(key);
  if (known !== undefined) return known;
  const filters = Array.from({ length: phases }, (_, phase) => designFilter(phase / phases, cutoff, halfLength));
  const [oldest] = designed.keys();
  if (designed.size >= MAX_DESIGNED && oldest !== undefined) designed.delete(oldest);
  designed.set(key, filters);
  return filters;
}

/** Taps for an output sample `fraction` of a sample after an input sample. */
function designFilter(fraction: number, cutoff: number, halfLength: number): Float32Array {
  const taps = Float64Array.from({ length: 2 * halfLength }, (_, tap) => {
    const distance = tap - halfLength + 1 - fraction;
    return cutoff * sinc(cutoff * distance) * kaiser(distance / halfLength);
  });
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return Float32Array.from(taps, (tap) => tap / sum);
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : besselI0(KAISER_BETA * Math.sqrt(1 - x * x)) / besselI0(KAISER_BETA);
}

/** Modified Bessel function of the first kind, by its series. */
function besselI0(x: number): number {
  let [sum, term] = [1, 1];
  for (let n = 1; term > sum * 1e-12; n += 1) {
    term *= (x / (2 * n)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function concatenate(a: Float32Array, b: Float32Array): Float32Array {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
