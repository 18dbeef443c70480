import { describe, expect, it } from 'vitest';
import { toCues } from '../../../server/features/transcripts/cues.ts';
import { parseFormat, writeTranscript } from '../../../server/features/transcripts/formats.ts';
import type { Transcript, TranscriptLine } from '../../../server/features/transcripts/transcript.ts';
import { graphemesOf, wrapLines } from '../../../server/features/transcripts/wrapLines.ts';

/** Words of half a second each. */
function line(text: string, startMs = 0, fields: Partial<TranscriptLine> = {}): TranscriptLine {
  const tokens = text.split(' ');
  return {
    participantId: 'p1',
    speaker: 'Ann',
    source: 'microphone',
    startMs,
    endMs: startMs + tokens.length * 500,
    language: 'en',
    text,
    words: tokens.map((word, index) => ({
      text: word,
      startMs: startMs + index * 500,
      endMs: startMs + index * 500 + 400,
      confidence: 1,
    })),
    ...fields,
  };
}

const transcript = (...lines: TranscriptLine[]): Transcript => ({ lines, gaps: [] });

describe('WebVTT', () => {
  it('names each speaker in a voice tag and counts time from the beginning of the call', () => {
    const vtt = writeTranscript(
      transcript(line('Hello there.', 1500), line('Hi.', 3_725_004, { speaker: 'Bob' })),
      'vtt',
    );
    expect(vtt).toBe(
      'WEBVTT\n\n00:00:01.500 --> 00:00:02.400\n<v Ann>Hello there.</v>\n\n01:02:05.004 --> 01:02:05.504\n<v Bob>Hi.</v>\n',
    );
  });

  it('lets no name and no word break out of its cue', () => {
    const vtt = writeTranscript(
      transcript(line('a --> b </v> & c', 0, { speaker: 'Eve <i>\n\n00:00 --> 1 & Co' })),
      'vtt',
    );
    expect(vtt).toContain('<v Eve &lt;i&gt; 00:00 --&gt; 1 &amp; Co>a --&gt; b &lt;/v&gt; &amp; c</v>');
    expect(vtt.match(/-->/g)).toHaveLength(1);
  });

  it('is a valid empty document for a call in which nobody spoke', () => {
    expect(writeTranscript(transcript(), 'vtt')).toBe('WEBVTT\n');
  });

  it('has no voice tag where nobody has a name', () => {
    expect(writeTranscript(transcript(line('Hello', 0, { speaker: undefined })), 'vtt')).toContain('\nHello\n');
  });
});

describe('SubRip', () => {
  it('numbers its cues, writes commas before ms and names before text', () => {
    expect(writeTranscript(transcript(line('One.', 0), line('Two.', 61_000, { speaker: 'Bob' })), 'srt')).toBe(
      '1\n00:00:00,000 --> 00:00:00,500\nAnn: One.\n\n2\n00:01:01,000 --> 00:01:01,500\nBob: Two.\n',
    );
  });
});

describe('plain text', () => {
  it('joins what one speaker says in one go, and tells what could not be captioned', () => {
    const lines = [
      line('First.', 0),
      line('Second.', 1500),
      line('Me too.', 2500, { participantId: 'p2', speaker: 'Bob' }),
    ];
    const gap = {
      participantId: 'p1',
      speaker: 'Ann',
      source: 'microphone',
      startMs: 60_000,
      endMs: 63_500,
      reason: 'outage',
    } as const;
    expect(writeTranscript({ lines: [...lines, line('Later.', 70_000)], gaps: [gap] }, 'txt')).toBe(
      '[00:00:00] Ann: First. Second.\n[00:00:02] Bob: Me too.\n[00:01:00] Ann: (4 s not captioned)\n[00:01:10] Ann: Later.\n',
    );
  });
});

describe('cues', () => {
  const long = `${'somewhat lengthy words '.repeat(12)}end`;

  it('show at most two lines of 42 letters for at most 7 s, with all words in order', () => {
    const cues = toCues([line(long, 1000)]);
    expect(cues.length).toBeGreaterThan(2);
    for (const cue of cues) {
      expect(cue.lines.length).toBeLessThanOrEqual(2);
      expect(Math.max(...cue.lines.map((text) => graphemesOf(text).length))).toBeLessThanOrEqual(42);
      expect(cue.endMs - cue.startMs).toBeLessThanOrEqual(7000);
    }
    expect(cues.flatMap((cue) => cue.lines).join(' ')).toBe(long);
  });

  it('begin with their first word and never overlap the next of the same speaker', () => {
    const cues = toCues([line(long, 1000)]);
    expect(cues[0]?.startMs).toBe(1000);
    cues.slice(1).forEach((cue, index) => {
      expect((cue.startMs - 1000) % 500).toBe(0);
      expect(cue.startMs).toBeGreaterThanOrEqual(cues[index]?.endMs ?? 0);
    });
  });

  it('leave a sentence that fills more than a line to itself', () => {
    const first = 'This sentence is longer than forty-two letters are.';
    const [cue, next] = toCues([line(`${first} Next.`)]);
    expect(cue?.lines.join(' ')).toBe(first);
    expect(next?.lines).toEqual(['Next.']);
  });

  it('spread the time by letters where there are no words or they do not fit the text', () => {
    const fields = { endMs: 20_000 };
    const without = toCues([line(long, 0, { ...fields, words: [] })]);
    const unfit = toCues([
      line(long, 0, { ...fields, words: [{ text: 'xyzzy', startMs: 0, endMs: 1, confidence: 1 }] }),
    ]);
    expect(unfit).toEqual(without);
    expect(without.flatMap((cue) => cue.lines).join(' ')).toBe(long);
    expect(without.at(-1)?.endMs).toBeCloseTo(20_000, 3);
  });

  it('cut writing without spaces between letters', () => {
    const text = '我们选择在这个十年里登月'.repeat(10);
    const cues = toCues([line(text, 0, { words: [], endMs: 24_000 })]);
    expect(cues.flatMap((cue) => cue.lines).join('')).toBe(text);
    for (const cue of cues) expect(cue.endMs - cue.startMs).toBeLessThanOrEqual(7000);
  });

  it('keep a letter together with its vowel signs', () => {
    expect(wrapLines('कि'.repeat(5), 2)).toEqual(['किकि', 'किकि', 'कि']);
  });

  it('stay on the screen for half a second at least', () => {
    const [cue] = toCues([
      line('Yes.', 1000, { words: [{ text: 'Yes.', startMs: 1000, endMs: 1100, confidence: 1 }] }),
    ]);
    expect(cue).toMatchObject({ startMs: 1000, endMs: 1500 });
  });
});

describe('parseFormat', () => {
  it('knows json, vtt, srt and txt and refuses anything else by name', () => {
    expect(['json', 'vtt', 'srt', 'txt'].map(parseFormat)).toEqual(['json', 'vtt', 'srt', 'txt']);
    expect(() => parseFormat('docx')).toThrow(expect.objectContaining({ code: 'transcription.unknown_format' }));
    expect(() => parseFormat('toString')).toThrow(expect.objectContaining({ code: 'transcription.unknown_format' }));
  });
});
