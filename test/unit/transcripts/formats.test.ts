import { describe, expect, it, vi } from 'vitest';
import { countGraphemes, graphemesOf } from '../../../server/features/speech/graphemes.ts';
import { toCues as cuesOf } from '../../../server/features/transcripts/cues.ts';
import {
  parseFormat,
  writeTranscript as piecesOf,
  type TextFormat,
} from '../../../server/features/transcripts/formats.ts';
import type { Transcript, TranscriptLine } from '../../../server/features/transcripts/transcript.ts';
import { countWords, Layout, wrapLines } from '../../../server/features/transcripts/wrapLines.ts';

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

const toCues = (lines: TranscriptLine[]) => [...cuesOf(lines)];
const writeTranscript = (written: Transcript, format: TextFormat) => [...piecesOf(written, format)].join('');
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
    expect(wrapLines(countWords('कि'.repeat(5)), 2)).toEqual(['किकि', 'किकि', 'कि']);
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

describe('graphemesOf', () => {
  it.each([
    'plain',
    'naïve café',
    'e\u0301',
    'कि क्ष',
    '안녕',
    '한',
    '👍🏽 👨‍👩‍👧 🇮🇳',
    'กำ',
    'ｶﾞ',
    '我们',
    'a\r\nb',
    'שָׁלוֹם',
  ])('finds the letters of %s as Unicode has them', (text) => {
    const letters = Array.from(new Intl.Segmenter('en').segment(text), ({ segment }) => segment);
    expect(graphemesOf(text)).toEqual(letters);
    expect(countGraphemes(text)).toBe(letters.length);
  });
});

describe('Layout', () => {
  it('counts the lines of a text that grows as wrapLines makes them', () => {
    const parts = ['One ', 'two, ', 'हिन्दी में ', 'a-very-long-word-indeed', 'that-goes-on ', ' ', 'the end'];
    let [text, layout] = ['', Layout.empty(9)];
    for (const part of parts) {
      text += part;
      layout = layout.with(countWords(part));
      expect([text, layout.lines]).toEqual([text, wrapLines(countWords(text), 9).length]);
    }
  });
});

describe('a transcript of 10,000 lines', () => {
  const hour = transcript(
    ...Array.from({ length: 10_000 }, (_, index) =>
      line(`क्या हाल है ${'somewhat lengthy words '.repeat(5)}end.`, index * 3000),
    ),
  );

  it.each<TextFormat>(['vtt', 'srt', 'txt'])('is written as %s in small pieces, each letter counted once', (format) => {
    const letters = hour.lines.reduce((sum, { text }) => sum + text.length, 0);
    const segment = vi.spyOn(Intl.Segmenter.prototype, 'segment');
    let longest = 0;
    let pieces = 0;
    for (const piece of piecesOf(hour, format)) {
      pieces += 1;
      longest = Math.max(longest, piece.length);
    }
    const segmented = segment.mock.calls.reduce((sum, [text]) => sum + text.length, 0);
    segment.mockRestore();
    expect(pieces).toBeGreaterThanOrEqual(10_000);
    expect(longest).toBeLessThan(300);
    expect(segmented).toBeLessThanOrEqual(letters);
  });
});
