import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { TritoneError } from '../../../shared/errors.ts';
import { roomNameSchema } from '../../../shared/protocol.ts';
import type { Clock } from '../../streams/clock.ts';
import { contentTypeOf, parseFormat, writeTranscript } from './formats.ts';
import { jsonPieces } from './jsonPieces.ts';
import { sendPieces } from './sendPieces.ts';
import { type CallStore, readTranscript, type TranscriptCall } from './transcript.ts';
import { callSchema, callTranscriptSchema, formatSchema, textDocument } from './transcriptSchemas.ts';

const params = z.object({ room: roomNameSchema });

/** What was said in a room, of its running or last call or of one by its id. */
export function transcriptRoutes(store: CallStore, clock: Clock): FastifyPluginAsync {
  return async (untyped) => {
    const app = untyped.withTypeProvider<ZodTypeProvider>();

    app.get(
      '/rooms/:room/transcript',
      {
        schema: {
          summary: 'Transcript of a call',
          description: 'Of the running call, else of the last; `call` names another. Final captions only.',
          params,
          querystring: z.object({
            format: formatSchema,
            call: z.string().max(100).optional().describe('A callId, from the calls of the room'),
          }),
          response: {
            200: {
              description: 'The transcript',
              content: {
                'application/json': { schema: callTranscriptSchema },
                'text/vtt': textDocument,
                'application/x-subrip': textDocument,
                'text/plain': textDocument,
              },
            },
          },
        },
      },
      async ({ params: { room }, query }, reply) => {
        const format = parseFormat(query.format);
        const call = findCall(store, room, query.call);
        const transcript = readTranscript(call.entries());
        const pieces =
          format === 'json'
            ? jsonPieces({ room, ...describe(call) }, { ...transcript })
            : writeTranscript(transcript, format);
        if (format !== 'json') {
          const file = encodeURIComponent(`${room}.${format}`);
          reply.header('content-disposition', `inline; filename*=UTF-8''${file}`);
        }
        return sendPieces(reply, contentTypeOf(format), pieces, clock);
      },
    );

    app.get(
      '/rooms/:room/calls',
      {
        schema: {
          summary: 'Calls of a room',
          description: 'Oldest first; the running one is last and has no end.',
          params,
          response: { 200: z.object({ calls: z.array(callSchema) }) },
        },
      },
      async ({ params: { room } }) => ({ calls: callsOf(store, room).map(describe) }),
    );
  };
}

/** @throws TritoneError `room.not_found` */
function callsOf(store: CallStore, room: string): readonly TranscriptCall[] {
  const calls = store.calls(room);
  if (calls.length === 0) throw new TritoneError('room.not_found', { room });
  return calls;
}

/** @throws TritoneError `room.not_found`, `call.not_found` */
function findCall(store: CallStore, room: string, callId: string | undefined): TranscriptCall {
  const calls = callsOf(store, room);
  const call = callId === undefined ? calls.at(-1) : calls.find((candidate) => candidate.callId === callId);
  if (call === undefined) throw new TritoneError('call.not_found', { callId: callId ?? '', room });
  return call;
}

function describe({ callId, startedAtMs, endedAtMs }: TranscriptCall) {
  return { callId, startedAtMs, endedAtMs };
}
