import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { voiceSchema } from '../../../shared/avatars.ts';
import type { Catalogue } from '../../inference/catalogue.ts';
import { TEXT_TO_SPEECH } from '../../inference/chooseVoice.ts';
import type { TextToSpeech } from '../../inference/textToSpeech.types.ts';

const voicesSchema = z.object({
  voices: z.array(voiceSchema),
  absent: z.array(z.object({ model: z.string(), reason: z.string() })),
});

/** Which voices there are. */
export function voiceRoutes(textToSpeech: TextToSpeech, catalogue: Catalogue): FastifyPluginAsync {
  return async (untyped) => {
    const app = untyped.withTypeProvider<ZodTypeProvider>();
    app.get(
      '/voices',
      {
        schema: {
          summary: 'Voices that can speak now',
          description: 'One entry for each language of a voice; `absent` says of models that are not ready, why.',
          response: { 200: voicesSchema },
        },
      },
      async () => ({
        voices: [...textToSpeech.voices()],
        absent: catalogue
          .cards()
          .filter(({ capability, state }) => capability === TEXT_TO_SPEECH && state !== 'ready')
          .map(({ name, reason }) => ({ model: name, reason: reason ?? 'it is not loaded' })),
      }),
    );
  };
}
