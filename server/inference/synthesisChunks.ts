import { z } from 'zod';
import type { CodePoints } from './codePoints.ts';
import { type Outputs, outputOf, readInt16s, readInt32s, readTexts } from './tensors.ts';
import type { SynthesisChunk } from './textToSpeech.types.ts';
import { VISEMES } from './visemes.ts';

const count = z.int().nonnegative();
const span = z.tuple([count, count]);

/** TIMING of a text-to-speech model, as it stands on the wire. */
const wireTiming = z.object({
  start: count,
  words: z.array(z.object({ text: z.string(), char: span, samples: span })).default([]),
  visemes: z.array(z.tuple([z.enum(VISEMES), count, count])).default([]),
});

/**
 * One response of a text-to-speech model: AUDIO INT16[1,n], SAMPLE_RATE INT32[1,1], TIMING BYTES[1,1]. Undefined where it
 * carries no sound.
 * @throws ZodError, SyntaxError or RangeError where it does not fit
 */
export function readSynthesisChunk(outputs: Outputs, text: CodePoints): SynthesisChunk | undefined {
  if (!outputs.has('AUDIO')) return undefined;
  const pcm = readInt16s(outputOf(outputs, 'AUDIO'));
  const [sampleRate = 0] = readInt32s(outputOf(outputs, 'SAMPLE_RATE'));
  if (sampleRate < 8000 || sampleRate > 48_000) throw new RangeError(`SAMPLE_RATE is ${sampleRate}`);
  const [timing = '{}'] = readTexts(outputOf(outputs, 'TIMING'));
  const { start, words, visemes } = wireTiming.parse(JSON.parse(timing));
  return {
    pcm,
    sampleRate,
    startSample: start,
    words: words.map(({ text: word, char, samples }) => ({
      text: word,
      startChar: text.toUtf16(char[0]),
      endChar: text.toUtf16(char[1]),
      startSample: samples[0],
      endSample: samples[1],
    })),
    visemes: visemes.map(([viseme, startSample, endSample]) => ({ viseme, startSample, endSample })),
  };
}
