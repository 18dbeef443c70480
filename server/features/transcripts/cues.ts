import { type TimedPiece, timedPieces } from './timedPieces.ts';
import type { TranscriptLine } from './transcript.ts';
import { graphemesOf, wrapLines } from './wrapLines.ts';

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

/** Subtitles of a transcript, in order of time. Long utterances are cut between words, at the end of a sentence where one is near. */
export function toCues(lines: readonly TranscriptLine[], { prefix = () => '' }: CueOptions = {}): Cue[] {
  return lines.flatMap((line) => cuesOf(line, prefix(line))).sort((a, b) => a.startMs - b.startMs);
}

function cuesOf(line: TranscriptLine, prefix: string): Cue[] {
  const groups = group(timedPieces(line), prefix);
  return groups.map((pieces, index) => {
    const startMs = Math.max(0, index === 0 ? Math.min(line.startMs, startOf(pieces)) : startOf(pieces));
    const nextMs = groups[index + 1]?.[0]?.startMs ?? Number.POSITIVE_INFINITY;
    const endMs = Math.min(nextMs, Math.max(endOf(pieces), startMs + LEAST_CUE_MS));
    return {
      speaker: line.speaker,
      startMs,
      endMs: Math.max(endMs, startMs + 1),
      lines: wrapLines(prefix + textOf(pieces), LINE_GRAPHEMES),
    };
  });
}

function group(pieces: readonly TimedPiece[], prefix: string): TimedPiece[][] {
  const groups: TimedPiece[][] = [];
  let open: TimedPiece[] = [];
  for (const piece of pieces.flatMap(cutLongPiece)) {
    if (open.length > 0 && (!fits([...open, piece], prefix) || isFullSentence(open))) {
      groups.push(open);
      open = [];
    }
    open.push(piece);
  }
  if (textOf(open).trim() !== '') groups.push(open);
  return groups;
}

/** Writing without spaces comes as one piece: it is cut so that each part fits a line and a cue's time. */
function cutLongPiece(piece: TimedPiece): TimedPiece[] {
  const letters = graphemesOf(piece.text);
  const perLetter = (piece.endMs - piece.startMs) / letters.length;
  const most = Math.max(1, Math.min(LINE_GRAPHEMES, Math.floor(MAX_CUE_MS / perLetter)));
  if (letters.length <= most) return [piece];
  const parts: TimedPiece[] = [];
  for (let from = 0; from < letters.length; from += most) {
    const part = letters.slice(from, from + most);
    parts.push({
      text: part.join(''),
      startMs: piece.startMs + from * perLetter,
      endMs: piece.startMs + (from + part.length) * perLetter,
    });
  }
  return parts;
}

function fits(pieces: readonly TimedPiece[], prefix: string): boolean {
  return (
    endOf(pieces) - startOf(pieces) <= MAX_CUE_MS &&
    wrapLines(prefix + textOf(pieces), LINE_GRAPHEMES).length <= MAX_LINES
  );
}

/** A sentence that fills more than a line stands alone; short ones share. */
function isFullSentence(pieces: readonly TimedPiece[]): boolean {
  const text = textOf(pieces);
  return SENTENCE_END.test(text) && graphemesOf(text).length > LINE_GRAPHEMES;
}

const textOf = (pieces: readonly TimedPiece[]) => pieces.map(({ text }) => text).join('');
const startOf = (pieces: readonly TimedPiece[]) => pieces[0]?.startMs ?? 0;
const endOf = (pieces: readonly TimedPiece[]) => pieces.at(-1)?.endMs ?? 0;
