import { describe, expect, it } from 'vitest';
import { PlayoutOrigin } from '../../../server/features/voices/playedWords.ts';
import { textBetween } from '../../../server/features/voices/sayableText.ts';
import { UtteranceCaptions } from '../../../server/features/voices/utteranceCaptions.ts';
import { RoomClock } from '../../../server/rooms/roomClock.ts';
import { RoomLog } from '../../../server/rooms/roomLog.ts';
import { VirtualClock } from '../../fixtures/virtualClock.ts';

const WORD_SAMPLES = 14_400;

/** The finals of a text whose words, told without punctuation as voices do, were all heard. */
function finalsOf(text: string): string[] {
  const clock = new RoomClock(new VirtualClock());
  const log = new RoomLog(clock);
  const captions = new UtteranceCaptions({ log, clock, participantId: 'p', language: 'en', utteranceId: 'u' });
  const words = [...text.matchAll(/[\p{L}\p{M}\p{N}]+/gu)].map(({ 0: word, index }, at) => ({
    startChar: index,
    endChar: index + word.length,
    startSample: at * WORD_SAMPLES,
    endSample: (at + 1) * WORD_SAMPLES,
  }));
  for (let begun = 1; begun <= words.length; begun += 1) captions.show(text, words, begun, 0);
  captions.finish(text, words, words.length, 0);
  return log
    .read()
    .flatMap(({ event }) => (event.type === 'caption' && event.caption.final ? [event.caption.text] : []));
}

describe('UtteranceCaptions', () => {
  it.each([
    ['Hello, world. And more!', ['Hello, world.', 'And more!']],
    ['He said: “Go!” Then (slowly) he went…', ['He said: “Go!”', 'Then (slowly) he went…']],
    ['नमस्ते। आप कैसे हैं?', ['नमस्ते।', 'आप कैसे हैं?']],
    ['Hello. “World.” Yes', ['Hello.', '“World.”', 'Yes']],
    ['One <break time="1s"/>two.', ['One two.']],
  ])('shows %j a sentence a line, with its punctuation', (text, lines) => {
    expect(finalsOf(text)).toEqual(lines);
  });

  it('begins another line where one has no more room, between words', () => {
    const lines = finalsOf('word '.repeat(60).trim());
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(120);
    expect(lines.join(' ')).toBe('word '.repeat(60).trim());
  });
});

describe('textBetween', () => {
  it('takes along the punctuation on both sides, and nothing of another word', () => {
    const text = 'it costs “$12.50”, now';
    expect(textBetween(text, 11, 16)).toBe('“$12.50”,');
    expect(textBetween('<b>bold</b>', 3, 7)).toBe('bold');
  });
});

describe('PlayoutOrigin', () => {
  it('tells when the first sample left, from looks that come up to a frame late', () => {
    const origin = new PlayoutOrigin();
    expect(origin.see(1013, 0)).toBe(1013);
    expect(origin.see(1065, 60 * 48)).toBe(1005);
    expect(origin.see(1140, 120 * 48)).toBe(1005);
  });

  it('moves with a pause', () => {
    const origin = new PlayoutOrigin();
    origin.see(1000, 0);
    expect(origin.see(2000, 480 * 48)).toBe(1520);
  });
});
