import { graphemesOf } from './wrapLines.ts';

/** A stretch of a line's text with its time, ms. Pieces joined are the text. */
export interface TimedPiece {
  text: string;
  startMs: number;
  endMs: number;
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
  const pieces: TimedPiece[] = [];
  let cut = 0;
  let place = 0;
  for (const [index, word] of words.entries()) {
    const found = text.indexOf(word.text.trim(), place);
    if (found < 0) return undefined;
    const previous = pieces.at(-1);
    if (previous !== undefined) previous.text = text.slice(cut, found);
    if (index > 0) cut = found;
    place = found + word.text.trim().length;
    pieces.push({ text: '', startMs: word.startMs, endMs: word.endMs });
  }
  const last = pieces.at(-1);
  if (last === undefined) return text === '' ? [{ text, startMs, endMs }] : undefined;
  last.text = text.slice(cut);
  return pieces;
}

function piecesByLetters({ text, startMs, endMs }: TimedText): TimedPiece[] {
  const tokens = text.match(/\S+\s*/g) ?? [text];
  const perLetter = (endMs - startMs) / Math.max(1, graphemesOf(text).length);
  let atMs = startMs;
  return tokens.map((token) => {
    const piece = { text: token, startMs: atMs, endMs: atMs + graphemesOf(token).length * perLetter };
    atMs = piece.endMs;
    return piece;
  });
}
