import { type CountedWord, countWords } from './wrapLines.ts';

/** A stretch of a line's text with its time, ms. Pieces joined are the text. */
export interface TimedPiece {
  text: string;
  startMs: number;
  endMs: number;
  words: readonly CountedWord[];
}

export interface TimedText {
  text: string;
  startMs: number;
  endMs: number;
  words: readonly { text: string; startMs: number; endMs: number }[];
}

/** Cuts a text at its words, each with the time it was spoken; where the words do not fit the text, time is spread by letters. */
export function timedPieces(line: TimedText): TimedPiece[] {
  return piecesByWords(line) ?? piecesByLetters(line);
}

function piecesByWords({ text, words, startMs, endMs }: TimedText): TimedPiece[] | undefined {
  const starts: number[] = [];
  let place = 0;
  for (const word of words) {
    const found = text.indexOf(word.text.trim(), place);
    if (found < 0) return undefined;
    starts.push(starts.length === 0 ? 0 : found);
    place = found + word.text.trim().length;
  }
  if (words.length === 0) return text === '' ? [measure(text, startMs, endMs)] : undefined;
  return words.map((word, index) =>
    measure(text.slice(starts[index], starts[index + 1] ?? text.length), word.startMs, word.endMs),
  );
}

function piecesByLetters({ text, startMs, endMs }: TimedText): TimedPiece[] {
  const pieces = (text.match(/\s*\S+\s*/g) ?? [text]).map((token) => measure(token, startMs, endMs));
  const letters = pieces.reduce((sum, piece) => sum + lettersOf(piece), 0);
  const perLetter = (endMs - startMs) / Math.max(1, letters);
  let atMs = startMs;
  for (const piece of pieces) {
    piece.startMs = atMs;
    piece.endMs = atMs += lettersOf(piece) * perLetter;
  }
  return pieces;
}

/** Graphemes, spaces not counted. */
export function lettersOf({ words }: TimedPiece): number {
  return words.reduce((sum, { letters }) => sum + letters, 0);
}

function measure(text: string, startMs: number, endMs: number): TimedPiece {
  return { text, startMs, endMs, words: countWords(text) };
}
