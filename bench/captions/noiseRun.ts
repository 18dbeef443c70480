import { noise, noises } from '../audio/noises.ts';
import { markdownTable } from '../report/markdown.ts';
import { lastPieces, type Recording } from '../score/recording.ts';
import { wordsOf } from '../score/words.ts';
import { TritoneServer } from '../tritone/server.ts';
import { nameOf, recogniser } from './ladder.ts';
import type { Options } from './options.ts';
import { runOnTritone } from './tritoneRun.ts';

export interface NoiseFigures {
  readonly system: string;
  readonly noise: string;
  readonly seconds: number;
  /** Words that stand in the captions at the end. */
  readonly finalWords: number;
  /** Words that were shown at any time, of the fullest state of each piece. */
  readonly shownWords: number;
  readonly texts: readonly string[];
}

/** Every kind of noise at once, each from a participant of its own: what does the recogniser hear in them? */
export async function listenToNoise(options: Options): Promise<NoiseFigures[]> {
  const { seconds, seed } = options;
  const names = Object.keys(noises);
  const timelines = names.map((name) => ({ pcm: noise(name, { seconds, seed }), spoken: [] }));
  const figures: NoiseFigures[] = [];
  for (const model of options.models) {
    await using server = await TritoneServer.start(recogniser(options, model));
    const { run } = await runOnTritone(server, timelines, { language: options.language });
    for (const [index, name] of names.entries()) {
      const recording = run.recordings[index];
      if (recording !== undefined)
        figures.push({ system: nameOf(options, model), noise: name, seconds, ...heardIn(recording) });
    }
  }
  return figures;
}

export function heardIn(recording: Recording): Pick<NoiseFigures, 'finalWords' | 'shownWords' | 'texts'> {
  const count = (text: string) => wordsOf(text, recording.language).length;
  const fullest = new Map<string, number>();
  for (const { id, text } of recording.shown.flatMap(({ pieces }) => pieces)) {
    fullest.set(id, Math.max(fullest.get(id) ?? 0, count(text)));
  }
  const texts = lastPieces(recording).map(({ text }) => text);
  return {
    finalWords: texts.reduce((sum, text) => sum + count(text), 0),
    shownWords: [...fullest.values()].reduce((sum, words) => sum + words, 0),
    texts,
  };
}

export function noiseTable(figures: readonly NoiseFigures[]): string {
  return markdownTable(
    ['recogniser', 'sound', 'seconds', 'words in captions', 'words shown at any time'],
    figures.map(({ system, noise: name, seconds, finalWords, shownWords }) =>
      [system, name, seconds, finalWords, shownWords].map(String),
    ),
  );
}
