import { describe, expect, it } from 'vitest';
import { CLIP_RATE } from '../../../bench/audio/clips.ts';
import { killMoments } from '../../../bench/captions/killsRun.ts';
import { heardIn } from '../../../bench/captions/noiseRun.ts';
import { readOptions } from '../../../bench/captions/options.ts';
import { replaceSection } from '../../../bench/report/docs.ts';

describe('the options of the captions bench', () => {
  it('measure both recognisers beside WhisperLive unless told otherwise', () => {
    expect(readOptions([])).toMatchObject({
      mode: 'ladder',
      speakers: undefined,
      seconds: 60,
      models: ['moonshine', 'whisper_live'],
      peer: true,
    });
    expect(readOptions(['--speakers', '1,2', '--model', 'moonshine', '--no-peer'])).toMatchObject({
      speakers: [1, 2],
      models: ['moonshine'],
      peer: false,
    });
  });

  it.each([
    [['--noise'], { mode: 'noise' }],
    [['--soak', '30'], { mode: 'soak', minutes: 30 }],
    [['--kills', '20'], { mode: 'kills', kills: 20 }],
  ])('%j is a mode of its own', (args, expected) => {
    expect(readOptions(args)).toMatchObject(expected);
  });

  it.each([
    [['--speakers', '1,none']],
    [['--seconds', '0']],
    [['--model', 'other']],
    [['--noise', '--soak', '1']],
    [['--x']],
  ])('%j is refused', (args) => {
    expect(() => readOptions(args)).toThrow(/--/);
  });

  it('can be asked for', () => {
    expect(readOptions(['--help'])).toBeUndefined();
  });
});

describe('a section of docs/figures.md', () => {
  it('is replaced between its marks, and nothing else is', () => {
    const text = 'a\n<!-- noise -->\nold\n<!-- /noise -->\nb\n';
    expect(replaceSection(text, 'noise', 'new')).toBe('a\n<!-- noise -->\nnew\n<!-- /noise -->\nb\n');
    expect(replaceSection(replaceSection(text, 'noise', 'x'), 'noise', 'old')).toBe(text);
  });

  it('must be there', () => {
    expect(() => replaceSection('a', 'noise', 'new')).toThrow(/noise/);
  });
});

describe('the moments of kills', () => {
  const timeline = {
    pcm: new Int16Array(40 * CLIP_RATE),
    spoken: [
      { text: 'short', startMs: 1000, endMs: 2000 },
      { text: 'long', startMs: 30_000, endMs: 34_000 },
      { text: 'near', startMs: 36_000, endMs: 39_000 },
    ],
  };

  it('lie in the middle of long sentences, at least 25 s apart, round after round', () => {
    expect(killMoments(timeline, 3)).toEqual([32_000, 72_000, 112_000]);
  });

  it('cannot be found where every sentence is short', () => {
    expect(() => killMoments({ ...timeline, spoken: timeline.spoken.slice(0, 1) }, 1)).toThrow(/--seconds/);
  });
});

describe('words heard in noise', () => {
  const show = (atMs: number, id: string, text: string, final: boolean) => ({
    atMs,
    pieces: [{ id, startMs: 0, endMs: 1, text, final }],
  });

  it('count those that stay, and those that were shown and taken back', () => {
    const shown = [show(1, 'a', 'thank you', false), show(2, 'a', '', true), show(3, 'b', 'you...', true)];
    expect(heardIn({ language: 'en', spoken: [], shown })).toEqual({ finalWords: 1, shownWords: 3, texts: ['you...'] });
  });
});
