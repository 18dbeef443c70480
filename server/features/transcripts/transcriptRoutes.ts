import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { languageTagSchema } from '../../../shared/captions.ts';
import { roomNameSchema } from '../../../shared/protocol.ts';
import type { Clock } from '../../streams/clock.ts';
import type { CallLibrary } from './callLibrary.ts';
import { contentTypeOf, parseFormat, writeTranscript } from './formats.ts';
import { jsonPieces } from './jsonPieces.ts';
import { readIn } from './readIn.ts';
import { sendPieces } from './sendPieces.ts';
import {
  callSchema,
  callTranscriptSchema,
  formatSchema,
  searchPageSchema,
  searchQuerySchema,
  textDocument,
} from './transcriptSchemas.ts';

const params = z.object({ room: roomNameSchema });

/** What was said in a room, of its running or last call or of one by its id. */
export function transcriptRoutes(library: CallLibrary, clock: Clock): FastifyPluginAsync {
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
            language: languageTagSchema
              .optional()
              .describe('Read in this language; what is not translated stays as spoken'),
            bilingual: z.stringbool().default(false).describe('The original beside its translation'),
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
        const { lines, gaps, ...call } = await library.transcript(room, query.call);
        const read = readIn({ lines, gaps }, query);
        const pieces = format === 'json' ? jsonPieces({ room, ...call }, { ...read }) : writeTranscript(read, format);
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
      async ({ params: { room } }) => ({ calls: [...(await library.calls(room))] }),
    );

    app.get(
      '/rooms/:room/search',
      {
        schema: {
          summary: 'Search in what was said in a room',
          description: 'In all its calls, latest first. Every word must occur, the last one perhaps unfinished.',
          params,
          querystring: searchQuerySchema,
          response: { 200: searchPageSchema },
        },
      },
      async ({ params: { room }, query: { q: text, ...wish } }) => {
        const { hits, next } = await library.search({ room, text, ...wish });
        return { hits: hits.map(({ words: _, ...hit }) => hit), next };
      },
    );

    app.delete(
      '/rooms/:room/calls/:callId',
      {
        schema: {
          summary: 'Delete a call that has ended',
          description: 'Its transcript is gone afterwards: from memory, from the database and from its files.',
          params: params.extend({ callId: z.string().max(100) }),
          response: { 204: z.null() },
        },
      },
      async ({ params: { room, callId } }, reply) => {
        await library.delete(room, callId);
        return reply.status(204).send(null);
      },
    );
  };
}
