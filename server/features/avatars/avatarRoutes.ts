import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { avatarSchema } from '../../../shared/avatars.ts';
import type { AvatarStore } from './avatarStore.ts';
import { type ReadVideo, readVideo as readVideoFile } from './readVideo.ts';
import { receiveAvatar } from './receiveAvatar.ts';

const params = z.object({ avatarId: z.string().max(100) });

/** Read as a stream, so nothing is checked here: this is for the OpenAPI document alone. */
const formSchema = z.unknown().meta({
  type: 'object',
  required: ['file', 'name', 'consent'],
  properties: {
    name: { type: 'string' },
    consent: {
      type: 'string',
      description: 'What the person shown has agreed to, or `true`; stored with the avatar. Without it there is none.',
    },
    file: { type: 'string', format: 'binary', description: 'JPEG, PNG, WebP, or MP4 or WebM of at most 10 s' },
  },
});

/** The faces that avatars can have. */
export function avatarRoutes(store: AvatarStore, readVideo: ReadVideo = readVideoFile): FastifyPluginAsync {
  return async (untyped) => {
    const app = untyped.withTypeProvider<ZodTypeProvider>();

    app.post(
      '/avatars',
      {
        schema: {
          summary: 'Make an avatar of a picture',
          description:
            'A portrait or a short video with exactly one face, upright and large enough; else the answer says what is ' +
            'wrong. Metadata is not kept. Takes some seconds; hanging up cancels.',
          consumes: ['multipart/form-data'],
          body: formSchema,
          response: { 201: avatarSchema },
        },
      },
      async (request, reply) => {
        const gone = new AbortController();
        reply.raw.once('close', () => gone.abort());
        const { signal } = gone;
        const info = await store.create(() => receiveAvatar(request, readVideo, signal), signal);
        return reply.status(201).header('location', `/api/avatars/${info.avatarId}`).send(info);
      },
    );

    app.get(
      '/avatars',
      {
        schema: {
          summary: 'Faces that avatars can have',
          description: 'The bundled one first, then the newest.',
          response: { 200: z.object({ avatars: z.array(avatarSchema) }) },
        },
      },
      async () => ({ avatars: store.list() }),
    );

    app.get(
      '/avatars/:avatarId',
      { schema: { summary: 'A face', params, response: { 200: avatarSchema } } },
      async ({ params: { avatarId } }) => store.find(avatarId),
    );

    app.get(
      '/avatars/:avatarId/preview.jpg',
      { schema: { summary: 'Picture of a face', params } },
      async ({ params: { avatarId } }, reply) => {
        const picture = await store.preview(avatarId);
        return reply.type('image/jpeg').header('cache-control', 'private, max-age=3600').send(picture);
      },
    );

    app.delete(
      '/avatars/:avatarId',
      {
        schema: {
          summary: 'Delete a face',
          description: 'With all that is stored of it. Avatars that have it in a call keep it until they leave.',
          params,
          response: { 204: z.undefined() },
        },
      },
      async ({ params: { avatarId } }, reply) => {
        await store.delete(avatarId);
        return reply.status(204).send();
      },
    );
  };
}
