import { describe, expect, it } from 'vitest';
import { type TranscribeOptions, transcribe } from '../../../server/features/transcriptions/transcribe.ts';
import type { TranscriptLine } from '../../../server/features/transcripts/transcript.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { TritoneError } from '../../../shared/errors.ts';
import { VirtualClock } from '../../fixtures/virtualClock.ts';
import { silence, soundOfWord, WordReader, type WordReaderOptions } from '../../fixtures/wordsInSound.ts';

/** A sound of `words` words in sentences of ten, handed out in pieces of half a second. */
class SpokenFile {
  handedOutMs = 0;
  returned = false;
  readonly #words: number;

  constructor(words: number) {
    this.#words = words;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Int16Array, void, void> {
    try {
      for (let first = 1; first <= this.#words; first += 10) {
        const count = Math.min(10, this.#words - first + 1);
        for (let word = first; word < first + count; word++) yield this.#handOut(soundOfWord(word));
        yield this.#handOut(silence(700));
      }
    } finally {
      this.returned = true;
    }
  }

  #handOut(pcm: Int16Array): Int16Array {
    this.handedOutMs += pcm.length / 16;
    return pcm;
  }
}

function stage(words: number, options: WordReaderOptions = {}) {
  const clock = new VirtualClock();
  const reader = new WordReader(options);
  const file = new SpokenFile(words);
  const lines: TranscriptLine[] = [];
  const progress: [number, number][] = [];
  const abort = new AbortController();
  const start = (changes: Partial<TranscribeOptions> = {}) =>
    transcribe({
      pcm: file,
      speechToText: reader,
      language: 'en',
      model: undefined,
      onLine: (line, index) => {
        lines[index] = line;
      },
      onProgress: (settledMs, decodedMs) => progress.push([settledMs, decodedMs]),
      clock,
      log: silentLog,
      signal: abort.signal,
      ...changes,
    });
  const text = () => lines.map((line) => line.text).join(' ');
  return { clock, reader, file, lines, progress, abort, start, text };
}

const words = (count: number) => Array.from({ length: count }, (_, index) => `w${index + 1}`).join(' ');

describe('transcribe', () => {
  it('tells every line with its time in the file, and its progress to the end', async () => {
    const { start, lines, text, progress, reader } = stage(25);
    await start();
    expect(text()).toBe(words(25));
    expect(lines.map(({ startMs }) => startMs)).toEqual([0, 3700, 7400]);
    expect(lines[1]?.words[0]).toMatchObject({ text: 'w11', startMs: 3700, endMs: 3900 });
    expect(progress.at(-1)?.[0]).toBeGreaterThan(8800);
    expect(reader.requests).toEqual([expect.objectContaining({ language: 'en', priority: 'batch' })]);
    expect(reader.open_).toEqual([]);
  });

  it('reads a file no further ahead than a minute of what is settled', async () => {
    const { start, file, reader, clock, text } = stage(1000);
    const stall = Promise.withResolvers<void>();
    reader.stall = stall.promise;
    const done = start();
    await clock.advance(1);
    expect(file.handedOutMs).toBeGreaterThan(60_000);
    expect(file.handedOutMs).toBeLessThan(62_000);
    stall.resolve();
    await done;
    expect(text()).toBe(words(1000));
  });

  it('loses and doubles nothing when the recogniser is killed', async () => {
    const { start, reader, clock, text } = stage(200);
    reader.dieAfterMs = [1000, 5300, 9000, 300, 20_000];
    const done = start();
    await clock.advance(20_000);
    await done;
    expect(text()).toBe(words(200));
    expect(reader.streams).toHaveLength(6);
  });

  it('waits in line for a quarter of an hour while people talk, but not for ever', async () => {
    const { start, reader, clock, text } = stage(5);
    reader.refusal = new TritoneError('inference.busy', { model: 'words' });
    const done = start();
    await clock.advance(15 * 60_000);
    reader.refusal = undefined;
    await clock.advance(3000);
    await done;
    expect(text()).toBe(words(5));

    const late = stage(5);
    late.reader.refusal = new TritoneError('inference.busy', { model: 'words' });
    const refused = expect(late.start()).rejects.toMatchObject({ code: 'inference.busy' });
    await late.clock.advance(32 * 60_000);
    await refused;
    expect(late.file.returned).toBe(true);
  });

  it('fails after a minute in which the recogniser cannot be reached', async () => {
    const { start, reader, clock, file } = stage(5);
    reader.refusal = new TritoneError('inference.unavailable', { reason: 'down' });
    const refused = expect(start()).rejects.toMatchObject({ code: 'inference.unavailable' });
    await clock.advance(70_000);
    await refused;
    expect(file.returned).toBe(true);
  });

  it('has each line once, as the second pass left it', async () => {
    const { start, reader, clock, text } = stage(25, { secondPass: true });
    const done = start();
    while (reader.streams[0]?.ended !== true) await clock.advance(10);
    expect(text()).toBe(words(25));
    await reader.streams[0]?.better();
    await done;
    expect(text()).toBe(words(25).toUpperCase());
  });

  it('fails at once where no model fits', async () => {
    const { start, reader } = stage(5);
    reader.refusal = new TritoneError('inference.no_model', { capability: 'speech-to-text', language: 'xx' });
    await expect(start()).rejects.toMatchObject({ code: 'inference.no_model' });
  });

  it('fails with what the decoder says, and takes no slot for what is no sound', async () => {
    const { start, reader } = stage(0);
    async function* unreadable(): AsyncGenerator<Int16Array, void, void> {
      yield* [];
      throw new TritoneError('transcription.not_audio');
    }
    await expect(start({ pcm: unreadable() })).rejects.toMatchObject({ code: 'transcription.not_audio' });
    expect(reader.requests).toEqual([]);
  });

  it('keeps what it has and fails when the file breaks off with an error', async () => {
    const { start, file } = stage(20);
    async function* broken(): AsyncGenerator<Int16Array, void, void> {
      yield* file;
      throw new TritoneError('transcription.not_audio');
    }
    await expect(start({ pcm: broken() })).rejects.toMatchObject({ code: 'transcription.not_audio' });
  });

  it('has no lines for silence and for an empty file', async () => {
    const { start, lines } = stage(0);
    async function* quiet(): AsyncGenerator<Int16Array, void, void> {
      for (let second = 0; second < 90; second++) yield silence(1000);
    }
    await start({ pcm: quiet() });
    await start();
    expect(lines).toEqual([]);
  });

  it('stops reading and gives its slot back when it is cancelled', async () => {
    const { start, abort, reader, clock, file } = stage(1000);
    reader.stall = new Promise(() => {});
    const cancelled = expect(start()).rejects.toMatchObject({ code: 'inference.cancelled' });
    await clock.advance(1);
    expect(reader.open_).toHaveLength(1);
    abort.abort();
    await cancelled;
    expect(reader.open_).toEqual([]);
    expect(file.returned).toBe(true);
  });
});
