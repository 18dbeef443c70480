/** One stretch of text as a viewer sees it. Times are ms on the bench's clock. */
export interface Piece {
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
  readonly final: boolean;
}

/** What changed on the screen at one moment: each piece replaces the one of the same id; an empty text takes it away. */
export interface Shown {
  readonly atMs: number;
  readonly pieces: readonly Piece[];
}

/** What was said, from its first to its last voiced moment. */
export interface Spoken {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** One speaker's run through one recogniser: all that is scored. */
export interface Recording {
  readonly language: string;
  readonly spoken: readonly Spoken[];
  readonly shown: readonly Shown[];
}

/** Every piece in its last state, in the order of its time. */
export function lastPieces({ shown }: Recording): Piece[] {
  const pieces = new Map<string, Piece>();
  for (const { pieces: changed } of shown) for (const piece of changed) pieces.set(piece.id, piece);
  return inOrder(pieces.values());
}

export function inOrder(pieces: Iterable<Piece>): Piece[] {
  return [...pieces].filter(({ text }) => text.trim() !== '').sort((a, b) => a.startMs - b.startMs);
}
