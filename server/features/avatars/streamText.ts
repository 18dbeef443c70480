import type { Readable } from 'node:stream';
import { TritoneError } from '../../../shared/errors.ts';
import type { Clock } from '../../streams/clock.ts';
import { withDeadline } from '../../streams/withDeadline.ts';
import type { Utterance } from '../voices/utterance.ts';

/** Who writes nothing for so long has forgotten to end: others wait behind. */
const IDLE_MS = 60_000;

/**
 * Writes UTF-8 into an utterance as it arrives. However the upload ends, what has come is said.
 * @throws TritoneError `speech.text_too_long`, `request.invalid` where the upload breaks off
 */
export async function streamText(body: Readable, utterance: Utterance, clock: Clock): Promise<void> {
  const decoder = new TextDecoder();
  const pieces = body[Symbol.asyncIterator]();
  const late = () => new TritoneError('request.invalid', { problem: 'the text does not go on' });
  const next = () => withDeadline(clock, IDLE_MS, pieces.next(), late);
  try {
    for (let piece = await next(); piece.done !== true; piece = await next()) {
      utterance.write(decoder.decode(piece.value as Uint8Array, { stream: true }));
    }
  } catch (cause) {
    throw TritoneError.from(cause, 'request.invalid', { problem: 'the text broke off' });
  } finally {
    utterance.end();
    // To destroy the body would take its socket along, which still has to carry the answer.
    pieces.return?.().catch(() => {});
  }
}
