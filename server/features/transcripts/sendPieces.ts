import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Clock } from '../../streams/clock.ts';
import { inTurns } from '../../streams/inTurns.ts';

/** Answers with a long document while the event loop goes on; `pieces` are made no faster than they are sent. */
export function sendPieces(
  reply: FastifyReply,
  contentType: string,
  pieces: Iterable<string>,
  clock: Clock,
): FastifyReply {
  return reply.type(contentType).send(Readable.from(inTurns(pieces, clock), { objectMode: false }));
}
