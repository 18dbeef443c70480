import { graphemesOf } from '../speech/graphemes.ts';
import { lettersOf, type TimedPiece, timedPieces } from './timedPieces.ts';
import type { TranscriptLine } from './transcript.ts';
import { type CountedWord, countWords, Layout, widthOf, wrapLines } from './wrapLines.ts';

/** Two lines of 42 for 7 s at most: what viewers read in comfort (Netflix timed text style guide; EBU-TT-D practice). */
const LINE_GRAPHEMES = 42;
const MAX_LINES = 2;
const MAX_CUE_MS = 7000;
const LEAST_CUE_MS = 500;
const SENTENCE_END = /[.?!。？！।॥…]["'”’)]*\s*$/u;

/** What stands on the screen at one time. */
export interface Cue {
  speaker: string | undefined;
  startMs: number;
  endMs: number;
  /** Never empty, two at most unless `prefix` is very long. */
  lines: string[];
}

export interface CueOptions {
  /** Shown before the text of each cue and counted in its width, e.g. a name where the format knows no speakers. */
  prefix?: (line: TranscriptLine) => string;
}

/**
 * Subtitles of a transcript, in order of time, made as they are asked for. Long utterances are cut between words, at the
 * end of a sentence where one is near.
 */
export function* toCues(
  lines: readonly TranscriptLine[],
  { prefix = () => '' }: CueOptions = {},
): Generator<Cue, void, void> {
  let waiting: Cue[] = [];
  for (const line of lines.toSorted(byStart)) {
    const cues = [...waiting, ...cuesOf(line, countWords(prefix(line)))].sort(byStart);
    yield* cues.filter(({ startMs }) => startMs <= line.startMs);
    waiting = cues.filter(({ startMs }) => startMs > line.startMs);
  }
  yield* waiting;
}

const byStart = (a: { startMs: number }, b: { startMs: number }) => a.startMs - b.startMs;

function cuesOf(line: TranscriptLine, prefix: readonly CountedWord[]): Cue[] {
  const groups = group(timedPieces(line), prefix);
  return groups.map((pieces, index) => {
    const startMs = Math.max(0, line.startMs, index === 0 ? line.startMs : startOf(pieces));
    const nextMs = groups[index + 1]?.[0]?.startMs ?? Number.POSITIVE_INFINITY;
    const endMs = Math.min(nextMs, Math.max(endOf(pieces), startMs + LEAST_CUE_MS));
    return {
      speaker: line.speaker,
      startMs,
      endMs: Math.max(endMs, startMs + 1),
      lines: wrapLines([...prefix, ...pieces.flatMap(({ words }) => words)], LINE_GRAPHEMES),
    };
  });
}

function group(pieces: readonly TimedPiece[], prefix: readonly CountedWord[]): TimedPiece[][] {
  const empty = Layout.empty(LINE_GRAPHEMES).with(prefix);
  const groups: TimedPiece[][] = [];
  let open: TimedPiece[] = [];
  let layout = empty;
  for (const piece of pieces.flatMap(cutLongPiece)) {
    let next = layout.with(piece.words);
    const fits = piece.endMs - startOf(open) <= MAX_CUE_MS && next.lines <= MAX_LINES;
    if (open.length > 0 && (!fits || isFullSentence(open))) {
      groups.push(open);
      open = [];
      next = empty.with(piece.words);
    }
    open.push(piece);
    layout = next;
  }
  if (textOf(open).trim() !== '') groups.push(open);
  return groups;
}

/** Writing without spaces comes as one piece: it is cut so that each part fits a line and a cue's time. */
function cutLongPiece(piece: TimedPiece): TimedPiece[] {
  const count = lettersOf(piece);
  const perLetter = (piece.endMs - piece.startMs) / count;
  const most = Math.max(1, Math.min(LINE_GRAPHEMES, Math.floor(MAX_CUE_MS / perLetter)));
  if (count <= most) return [piece];
  const letters = graphemesOf(piece.text);
  const each = (piece.endMs - piece.startMs) / letters.length;
  const parts: TimedPiece[] = [];
  for (let from = 0; from < letters.length; from += most) {
    const part = letters.slice(from, from + most);
    const text = part.join('');
    parts.push({
      text,
      words: countWords(text),
      startMs: piece.startMs + from * each,
      endMs: piece.startMs + (from + part.length) * each,
    });
  }
  return parts;
}

/** A sentence that fills more than a line stands alone; short ones share. */
function isFullSentence(pieces: readonly TimedPiece[]): boolean {
  const width = pieces.reduce((sum, { words }) => sum + widthOf(words), 0);
  return width > LINE_GRAPHEMES && SENTENCE_END.test(textOf(pieces));
}

const textOf = (pieces: readonly TimedPiece[]) => pieces.map(({ text }) => text).join('');
const startOf = (pieces: readonly TimedPiece[]) => pieces[0]?.startMs ?? 0;
const endOf = (pieces: readonly TimedPiece[]) => pieces.at(-1)?.endMs ?? 0;
