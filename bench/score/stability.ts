import { keptCount } from './editDistance.ts';
import { inOrder, type Piece, type Recording } from './recording.ts';
import { wordsOf } from './words.ts';

export interface Stability {
  /** Words that stood on the screen and were taken back or changed. */
  readonly revokedWords: number;
  /** Words that stand there at the end. */
  readonly lastWords: number;
}

/** Compares each state of the screen with the one before. A half word that becomes whole counts as taken back. */
export function stabilityOf({ shown, language }: Recording): Stability {
  const screen = new Map<string, Piece>();
  const readScreen = () => inOrder(screen.values()).flatMap(({ text }) => wordsOf(text, language));
  let before: string[] = [];
  let revokedWords = 0;
  for (const { pieces } of shown) {
    for (const piece of pieces) screen.set(piece.id, piece);
    const now = readScreen();
    const [left, right] = withoutCommonPrefix(before, now);
    revokedWords += left.length - keptCount(left, right);
    before = now;
  }
  return { revokedWords, lastWords: before.length };
}

export function unstableWordsPer100(parts: readonly Stability[]): number {
  const revoked = parts.reduce((total, part) => total + part.revokedWords, 0);
  const last = parts.reduce((total, part) => total + part.lastWords, 0);
  return last === 0 ? 0 : (100 * revoked) / last;
}

function withoutCommonPrefix(a: readonly string[], b: readonly string[]): [string[], string[]] {
  let common = 0;
  while (common < Math.min(a.length, b.length) && a[common] === b[common]) common += 1;
  return [a.slice(common), b.slice(common)];
}
