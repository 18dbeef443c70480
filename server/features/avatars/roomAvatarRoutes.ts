import { Readable } from 'node:stream';
import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  avatarLimits,
  placeAvatarSchema,
  placedAvatarSchema,
  saySchema,
  utteranceSchema,
} from '../../../shared/avatars.ts';
import { TritoneError } from '../../../shared/errors.ts';
import { roomNameSchema } from '../../../shared/protocol.ts';
import type { TextToSpeech } from '../../inference/textToSpeech.types.ts';
import type { RoomHandle } from '../../rooms/roomHandle.ts';
import type { Clock } from '../../streams/clock.ts';
import { checkSayable } from '../voices/sayableText.ts';
import type { Utterance } from '../voices/utterance.ts';
import type { AvatarsFeature } from './avatarsFeature.ts';
import { streamText } from './streamText.ts';

export interface RoomAvatarRoutesOptions {
  readonly avatars: AvatarsFeature;
  readonly textToSpeech: TextToSpeech;
  /** The running call of a room, begun if need be. */
  readonly openRoom: (room: string) => Promise<RoomHandle>;
  readonly clock: Clock;
}

const roomParams = z.object({ room: roomNameSchema });
const params = roomParams.extend({ participantId: z.string().max(100) });
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

/** For a text that is streamed; a JSON body brings its own. */
const streamedSayQuery = z.object({
  speed: z.coerce.number().min(0.5).max(2).default(1).describe('0.5 (slow) to 2; of a streamed text'),
  wait: flag.optional().describe('Of a streamed text: answer when all was heard (as it does unless told otherwise)'),
});

/** Read here, not by the schema: a text may come as a stream. For the OpenAPI document alone. */
const sayBody = z.unknown().meta({
  type: 'object',
  required: ['text'],
  properties: {
    text: { type: 'string', description: `At most ${avatarLimits.sayCharacters} characters` },
    speed: { type: 'number', minimum: 0.5, maximum: 2, default: 1 },
    wait: { type: 'boolean', default: false, description: 'Answer when all was heard' },
  },
});

const utteranceAnswer = {
  description: 'What was said, and what of it was heard',
  content: {
    'application/json': { schema: utteranceSchema },
    'text/event-stream': { schema: z.string().describe('`utterance` whenever more was heard, at the end `done`') },
  },
};

/** Avatars in rooms: placed, spoken through, stopped and removed. */
export function roomAvatarRoutes(options: RoomAvatarRoutesOptions): FastifyPluginAsync {
  const { avatars, textToSpeech, openRoom, clock } = options;

  return async (untyped) => {
    const app = untyped.withTypeProvider<ZodTypeProvider>();
    app.removeContentTypeParser('text/plain');
    app.addContentTypeParser('text/plain', (_request, payload, done) => done(null, payload));

    app.post(
      '/rooms/:room/avatars',
      {
        schema: {
          summary: 'Put an avatar into a room',
          description: 'It joins as any participant, marked as synthetic; the call begins with it where none runs.',
          params: roomParams,
          body: placeAvatarSchema,
          response: { 201: placedAvatarSchema },
        },
      },
      async ({ params: { room }, body: { name, avatarId, voice: wanted, language } }, reply) => {
        const voice = textToSpeech.choose({ language, voice: wanted }).id;
        const call = await openRoom(room);
        const inCall = avatars.of(call.name);
        if (inCall === undefined) throw new TritoneError('room.closed');
        const { info } = await inCall.place({ name, avatarId, voice, language });
        return reply.status(201).send(info);
      },
    );

    app.get(
      '/rooms/:room/avatars',
      {
        schema: {
          summary: 'Avatars in a room',
          params: roomParams,
          response: { 200: z.object({ avatars: z.array(placedAvatarSchema) }) },
        },
      },
      async ({ params: { room } }) => ({ avatars: (avatars.of(room)?.list() ?? []).map(({ info }) => info) }),
    );

    app.get(
      '/rooms/:room/avatars/:participantId',
      { schema: { summary: 'An avatar in a room', params, response: { 200: placedAvatarSchema } } },
      async ({ params: { room, participantId } }) => avatars.find(room, participantId).info,
    );

    app.post(
      '/rooms/:room/avatars/:participantId/say',
      {
        schema: {
          summary: 'Say a text',
          description:
            'As JSON, or as `text/plain` in a body that may still grow: it is spoken as it arrives. Texts are said one after ' +
            'the other. With `Accept: text/event-stream` it tells what is heard as it is heard.',
          consumes: ['application/json', 'text/plain'],
          params,
          querystring: streamedSayQuery,
          body: sayBody,
          response: { 200: utteranceAnswer, 202: utteranceSchema },
        },
      },
      async (request, reply) => {
        const { room, participantId } = request.params;
        const { speaker } = avatars.find(room, participantId);
        const { body, query } = request;
        if (body instanceof Readable) {
          const utterance = speaker.say(query);
          const written = streamText(body, utterance, clock);
          if (wantsEvents(request.headers.accept)) {
            written.catch(() => {}); // what has come is said, and told
            return sendEvents(reply, utterance);
          }
          await written.catch((cause: unknown) => {
            reply.header('connection', 'close'); // the rest of the text is not waited for
            throw cause;
          });
          return answer(reply, utterance, query.wait ?? true);
        }
        const { text, speed, wait } = readSay(body);
        const utterance = speaker.say({ speed });
        utterance.write(text);
        utterance.end();
        if (wantsEvents(request.headers.accept)) return sendEvents(reply, utterance);
        return answer(reply, utterance, wait);
      },
    );

    app.get(
      '/rooms/:room/avatars/:participantId/utterances/:utteranceId',
      {
        schema: {
          summary: 'What of a text was heard',
          params: params.extend({ utteranceId: z.string().max(100) }),
          response: { 200: utteranceSchema },
        },
      },
      async ({ params: { room, participantId, utteranceId } }) =>
        avatars.find(room, participantId).speaker.find(utteranceId).info,
    );

    app.post(
      '/rooms/:room/avatars/:participantId/stop',
      {
        schema: {
          summary: 'Stop speaking',
          description: 'What is being said ends at once, what waits is dropped. Where it is silent, nothing happens.',
          params,
          response: { 200: z.object({ stopped: z.array(utteranceSchema) }) },
        },
      },
      async ({ params: { room, participantId } }) => ({
        stopped: avatars
          .find(room, participantId)
          .speaker.stop()
          .map(({ info }) => info),
      }),
    );

    app.delete(
      '/rooms/:room/avatars/:participantId',
      { schema: { summary: 'Take an avatar out of a room', params, response: { 204: z.undefined() } } },
      async ({ params: { room, participantId } }, reply) => {
        await avatars.find(room, participantId).leave();
        return reply.status(204).send();
      },
    );
  };
}

/** @throws TritoneError `request.invalid`, `speech.empty_text`, `speech.text_too_long` */
function readSay(body: unknown): z.output<typeof saySchema> {
  const parsed = saySchema.safeParse(body);
  if (!parsed.success) {
    const problem = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new TritoneError('request.invalid', { problem });
  }
  const limit = avatarLimits.sayCharacters;
  if (parsed.data.text.length > limit) throw new TritoneError('speech.text_too_long', { limit });
  checkSayable(parsed.data.text);
  return parsed.data;
}

/** @throws TritoneError that the utterance failed with, where its end is waited for */
async function answer(reply: FastifyReply, utterance: Utterance, wait: boolean): Promise<FastifyReply> {
  if (!wait) return reply.status(202).send(utterance.info);
  await utterance.ended;
  if (utterance.error !== undefined) throw utterance.error;
  return reply.status(200).send(utterance.info);
}

function wantsEvents(accept = ''): boolean {
  return accept.includes('text/event-stream');
}

function sendEvents(reply: FastifyReply, utterance: Utterance): FastifyReply {
  return reply
    .type('text/event-stream')
    .headers({ 'cache-control': 'no-cache', 'x-accel-buffering': 'no' })
    .send(Readable.from(utteranceEvents(utterance)));
}

async function* utteranceEvents(utterance: Utterance): AsyncGenerator<string, void, void> {
  const event = (name: string) => `event: ${name}\ndata: ${JSON.stringify(utterance.info)}\n\n`;
  let isOver = false;
  void utterance.ended.then(() => {
    isOver = true;
  });
  while (!isOver) {
    yield event('utterance');
    await utterance.changed();
  }
  yield event('done');
}
