import type { Clock } from './clock.ts';

/** A turn of the event loop that carries media has 5 ms; this leaves some for the rest of the turn. */
const TURN_MS = 3;
const TURN_CHARACTERS = 64 * 1024;

/**
 * Long writing in short turns: takes pieces as they are made and hands them on in larger ones, none of which held the
 * event loop for longer than one piece and 3 ms. Goes on no faster than it is read.
 */
export async function* inTurns(pieces: Iterable<string>, clock: Clock): AsyncGenerator<string, void, void> {
  let turn = '';
  let endMs = clock.nowMs() + TURN_MS;
  for (const piece of pieces) {
    turn += piece;
    if (turn.length < TURN_CHARACTERS && clock.nowMs() < endMs) continue;
    if (turn !== '') yield turn;
    turn = '';
    await new Promise((resolve) => setImmediate(resolve));
    endMs = clock.nowMs() + TURN_MS;
  }
  if (turn !== '') yield turn;
}
