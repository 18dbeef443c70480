import { describe, expect, it } from 'vitest';
import { CaptionAssembler } from '../../../server/features/speech/captionAssembler.ts';
import type { SpeechFinal, SpeechPartial } from '../../../server/inference/speechToText.types.ts';
import { captionSchema } from '../../../shared/captions.ts';

const SECOND = 16_000;

function stage() {
  let count = 0;
  return new CaptionAssembler({ participantId: 'ann', source: 'microphone', nextId: () => `ann:${++count}` });
}

/** Sequence samples to ms, for a sequence that began at `startMs`. */
const from = (startMs: number) => (sample: number) => startMs + sample / 16;

function partial(utterance: number, startS: number, endS: number, text: string, stable = 0): SpeechPartial {
  return {
    type: 'partial',
    utterance,
    revision: 1,
    startSample: startS * SECOND,
    endSample: endS * SECOND,
    text,
    stableCodePoints: stable,
    language: 'en',
  };
}

function final(utterance: number, startS: number, endS: number, text: string): SpeechFinal {
  const words = text
    .split(' ')
    .filter(Boolean)
    .map((word, index) => ({
      text: word,
      startSample: (startS + index) * SECOND,
      endSample: (startS + index + 0.5) * SECOND,
      confidence: 1.01,
    }));
  return {
    ...partial(utterance, startS, endS, text),
    type: 'final',
    words,
    wordsEstimated: false,
    confidence: 0.9,
    reason: 'pause',
  };
}

const seen = (captions: readonly { id: string; revision: number; text: string; final: boolean }[]) =>
  captions.map(({ id, revision, text, final: isFinal }) => `${id} r${revision} ${text}${isFinal ? '.' : ''}`);

describe('CaptionAssembler', () => {
  it('places an utterance and its words on the RoomClock', () => {
    const assembler = stage();
    assembler.beginSequence(from(5000));
    expect(assembler.take(partial(1, 1, 2, 'ask not', 3))).toEqual([
      {
        id: 'ann:1',
        participantId: 'ann',
        source: 'microphone',
        revision: 0,
        startMs: 6000,
        endMs: 7000,
        language: 'en',
        text: 'ask not',
        stableChars: 3,
        final: false,
      },
    ]);
    const [caption] = assembler.take(final(1, 1, 3, 'ask not what'));
    expect(captionSchema.parse(caption)).toEqual(caption);
    expect(caption).toMatchObject({
      id: 'ann:1',
      revision: 1,
      startMs: 6000,
      endMs: 8000,
      stableChars: 12,
      final: true,
    });
    expect(caption?.words?.[1]).toEqual({ text: 'not', startMs: 7000, endMs: 7500, confidence: 1 });
  });

  it('gives each utterance its own id, also when the next is heard before the last is final', () => {
    const assembler = stage();
    assembler.beginSequence(from(0));
    const captions = [
      partial(1, 0, 1, 'one'),
      partial(2, 2, 3, 'two'),
      final(1, 0, 1, 'One'),
      partial(2, 2, 4, 'two three'),
      final(2, 2, 4, 'Two three'),
    ].flatMap((event) => assembler.take(event));
    expect(seen(captions)).toEqual([
      'ann:1 r0 one',
      'ann:2 r0 two',
      'ann:1 r1 One.',
      'ann:2 r1 two three',
      'ann:2 r2 Two three.',
    ]);
  });

  it('counts stable graphemes, not code points: an open vowel sign is not stable yet', () => {
    const assembler = stage();
    assembler.beginSequence(from(0));
    const stable = (text: string, codePoints: number, end: number) =>
      assembler.take(partial(1, 0, end, text, codePoints))[0]?.stableChars;
    expect(stable('👨‍👩‍👧 ok', 5, 1)).toBe(1);
    expect(stable('👨‍👩‍👧 ok', 4, 2)).toBe(0);
    expect(stable('किताब', 1, 3)).toBe(0);
    expect(stable('किताब', 2, 4)).toBe(1);
  });

  it('says nothing when a partial changes nothing, and nothing after the final', () => {
    const assembler = stage();
    assembler.beginSequence(from(0));
    assembler.take(partial(1, 0, 1, 'hello'));
    expect(assembler.take(partial(1, 0, 2, 'hello'))).toEqual([]);
    expect(assembler.take(partial(1, 0, 2, ''))).toEqual([]);
    assembler.take(final(1, 0, 2, 'Hello'));
    expect(assembler.take(partial(1, 0, 2, 'hello hello hello'))).toEqual([]);
    expect(assembler.take(final(1, 0, 2, 'Hello'))).toEqual([]);
  });

  it('lets a second pass better a final under its id, and never take it back', () => {
    const assembler = stage();
    assembler.beginSequence(from(0));
    assembler.take(final(1, 0, 2, 'Hello word'));
    expect(assembler.take(final(1, 0, 2, ''))).toEqual([]);
    expect(seen(assembler.take(final(1, 0, 2, 'Hello world')))).toEqual(['ann:1 r1 Hello world.']);
    expect(assembler.endSequence()).toEqual([]);
  });

  it('retracts what was shown when the final is empty, and keeps silent when nothing was shown', () => {
    const assembler = stage();
    assembler.beginSequence(from(0));
    assembler.take(partial(1, 0, 1, 'thank you'));
    expect(seen(assembler.take(final(1, 0, 1, '')))).toEqual(['ann:1 r1 .']);
    expect(assembler.take(final(2, 2, 3, ''))).toEqual([]);
  });

  it('goes on under the same id when a replay says the open utterance again', () => {
    const assembler = stage();
    assembler.beginSequence(from(0));
    assembler.take(final(1, 0, 2, 'First'));
    assembler.take(partial(2, 3, 5, 'and so'));
    assembler.beginSequence(from(2000));
    const captions = [partial(1, 1.1, 2, 'and'), final(1, 1.1, 4, 'And so my')].flatMap((event) =>
      assembler.take(event),
    );
    expect(seen(captions)).toEqual(['ann:2 r1 and', 'ann:2 r2 And so my.']);
    expect(captions.at(-1)).toMatchObject({ startMs: 3100, endMs: 6000 });
    expect(assembler.endSequence()).toEqual([]);
  });

  it('takes a final of a replay over the open caption without any partial before it', () => {
    const assembler = stage();
    assembler.beginSequence(from(0));
    assembler.take(partial(1, 0, 1, 'so'));
    assembler.beginSequence(from(0));
    expect(seen(assembler.take(final(1, 0, 2, 'So be it')))).toEqual(['ann:1 r1 So be it.']);
  });

  it('retracts an open utterance as soon as the replay has come past it', () => {
    const assembler = stage();
    assembler.beginSequence(from(0));
    assembler.take(partial(1, 0, 1, 'noise'));
    assembler.beginSequence(from(0));
    expect(seen(assembler.take(partial(1, 3, 4, 'speech')))).toEqual(['ann:1 r1 .', 'ann:2 r0 speech']);
    assembler.beginSequence(from(0));
    expect(assembler.settle(3 * SECOND)).toEqual([]);
    expect(seen(assembler.settle(5 * SECOND))).toEqual(['ann:2 r1 .']);
  });

  it('keeps an open caption through any number of lost sequences', () => {
    const assembler = stage();
    assembler.beginSequence(from(0));
    assembler.take(partial(1, 0, 1, 'we'));
    for (let lost = 0; lost < 5; lost++) assembler.beginSequence(from(0));
    expect(seen(assembler.take(final(1, 0, 2, 'We shall')))).toEqual(['ann:1 r1 We shall.']);
  });

  it('ignores an utterance of a replay whose time was settled already', () => {
    const assembler = stage();
    assembler.beginSequence(from(0));
    assembler.take(final(1, 0, 2, 'Once'));
    assembler.beginSequence(from(0));
    expect(assembler.take(partial(1, 0, 1.5, 'once'))).toEqual([]);
    expect(assembler.take(final(1, 0, 2, 'Once'))).toEqual([]);
    expect(seen(assembler.take(final(2, 2, 3, 'Twice')))).toEqual(['ann:2 r0 Twice.']);
  });

  it('retracts what a sequence that ended in order never finished', () => {
    const assembler = stage();
    assembler.beginSequence(from(0));
    assembler.take(partial(1, 0, 1, 'hm'));
    expect(seen(assembler.endSequence())).toEqual(['ann:1 r1 .']);
    expect(assembler.endSequence()).toEqual([]);
  });

  it('lets what was shown stand when its sound is gone for good', () => {
    const assembler = stage();
    assembler.beginSequence(from(0));
    assembler.take(partial(1, 0, 1, 'half a'));
    expect(seen(assembler.abandon())).toEqual(['ann:1 r1 half a.']);
    assembler.beginSequence(from(9000));
    expect(seen(assembler.take(partial(1, 0, 1, 'later')))).toEqual(['ann:2 r0 later']);
  });

  it('remembers ended utterances of a long sequence, but not without end', () => {
    const assembler = stage();
    assembler.beginSequence(from(0));
    for (let utterance = 1; utterance <= 1000; utterance++) {
      expect(assembler.take(final(utterance, utterance, utterance + 0.5, 'word'))).toHaveLength(1);
      expect(assembler.take(partial(utterance, utterance, utterance + 0.5, 'word'))).toEqual([]);
    }
    expect(assembler.take(partial(1, 1, 1.5, 'word'))).toEqual([]);
  });
});
