import type { Piece, Recording, Spoken } from './recording.ts';
import { wordsOf } from './words.ts';

/** A piece speaks of an utterance when it covers this much of it, or half where that is shorter. */
const COVERED_MS = 100;
/** A final that ends this long before the utterance does is not its end: the rest is still missing. */
const TAIL_MS = 1000;

/** Undefined: it never came. */
export interface UtteranceLatency {
  readonly spoken: Spoken;
  /** From the first voiced moment to the first text. */
  readonly firstTextMs: number | undefined;
  /** From the first voiced moment to the first text that begins with the right word. */
  readonly firstRightWordMs: number | undefined;
  /** From the last voiced moment until all of it was final. */
  readonly finalMs: number | undefined;
}

export function latenciesOf(recording: Recording): UtteranceLatency[] {
  return recording.spoken.map((spoken, index) => {
    const previousEndMs = recording.spoken[index - 1]?.endMs ?? Number.NEGATIVE_INFINITY;
    return { spoken, ...startOf(recording, spoken, previousEndMs), finalMs: finalOf(recording, spoken) };
  });
}

function startOf({ shown, language }: Recording, spoken: Spoken, previousEndMs: number) {
  const [firstWord] = wordsOf(spoken.text, language);
  const [firstText, firstRight] = [first(() => true), first((piece) => begins(piece))];
  return { firstTextMs: firstText, firstRightWordMs: firstRight };

  function begins({ text, startMs }: Piece): boolean {
    const words = wordsOf(text, language);
    // A piece that began with the utterance before holds this one's first word somewhere behind.
    return firstWord !== undefined && (startMs < previousEndMs ? words.includes(firstWord) : words[0] === firstWord);
  }

  function first(fits: (piece: Piece) => boolean): number | undefined {
    const found = shown.find(
      ({ atMs, pieces }) =>
        atMs >= spoken.startMs &&
        pieces.some((piece) => wordsOf(piece.text, language).length > 0 && covers(piece, spoken) && fits(piece)),
    );
    return found && found.atMs - spoken.startMs;
  }
}

function finalOf({ shown }: Recording, spoken: Spoken): number | undefined {
  const finals = new Map<string, { atMs: number; piece: Piece }>();
  for (const { atMs, pieces } of shown) {
    for (const piece of pieces) {
      if (!piece.final || piece.text.trim() === '' || !covers(piece, spoken)) continue;
      if (!finals.has(piece.id)) finals.set(piece.id, { atMs, piece });
    }
  }
  const found = [...finals.values()];
  if (!found.some(({ piece }) => piece.endMs >= spoken.endMs - TAIL_MS)) return undefined;
  return Math.max(...found.map(({ atMs }) => atMs)) - spoken.endMs;
}

export function covers({ startMs, endMs }: Pick<Piece, 'startMs' | 'endMs'>, spoken: Spoken): boolean {
  const overlapMs = Math.min(endMs, spoken.endMs) - Math.max(startMs, spoken.startMs);
  return overlapMs >= Math.min(COVERED_MS, (spoken.endMs - spoken.startMs) / 2);
}
