import { describe, expect, it } from 'vitest';
import { SampleMap } from '../../../server/inference/sampleMap.ts';
import { parseSpeechEvent } from '../../../server/inference/speechEvents.ts';

const parse = (event: object) => parseSpeechEvent(JSON.stringify(event), new SampleMap());
const heard = { utterance: 2, revision: 3, start: 10, end: 90, text: 'good day', stable: 4, language: 'en' };

describe('an event of a speech model', () => {
  it('is read as a partial', () => {
    expect(parse({ type: 'partial', ...heard }).event).toEqual({
      type: 'partial',
      utterance: 2,
      revision: 3,
      startSample: 10,
      endSample: 90,
      text: 'good day',
      stableCodePoints: 4,
      language: 'en',
    });
  });

  it('is read as a final with its words', () => {
    const words = [{ text: 'good', start: 10, end: 40, confidence: 0.9 }];
    const final = { type: 'final', ...heard, words, confidence: 0.8, reason: 'pause', estimated: true };
    expect(parse(final).event).toMatchObject({
      type: 'final',
      words: [{ text: 'good', startSample: 10, endSample: 40, confidence: 0.9 }],
      wordsEstimated: true,
      confidence: 0.8,
      reason: 'pause',
    });
  });

  it('may retract with an empty text and no words', () => {
    expect(parse({ type: 'final', ...heard, text: '', stable: 0, confidence: 0, reason: 'end' }).event).toMatchObject({
      text: '',
      words: [],
      wordsEstimated: false,
    });
  });

  it('tells language and progress', () => {
    expect(parse({ type: 'language', language: 'hi', confidence: 0.7 }).event).toEqual({
      type: 'language',
      language: 'hi',
      confidence: 0.7,
    });
    expect(parse({ type: 'progress', settled: 1600 }).event).toEqual({ type: 'progress', settledSample: 1600 });
  });

  it('is counted and left where its type is unknown', () => {
    expect(parse({ type: 'weather', anything: [] })).toEqual({ type: 'weather', event: undefined });
  });

  it('of load tells how many partials were left out, and is nothing for the reader', () => {
    const load = { type: 'load', step_ms: 900, speakers: 4, skipped: 7 };
    expect(parse(load)).toEqual({ type: 'load', event: undefined, skippedPartials: 7 });
    expect(parse({ type: 'load', skipped: 'some' })).toMatchObject({ skippedPartials: 0 });
  });

  it.each([
    { type: 'partial', ...heard, start: -1 },
    { type: 'partial', ...heard, utterance: 0 },
    { type: 'partial', ...heard, text: 7 },
    { type: 'final', ...heard, confidence: 1, reason: 'mood' },
    { type: 'progress' },
    {},
  ])('is refused where it does not fit: %j', (event) => {
    expect(() => parse(event)).toThrow();
  });
});
