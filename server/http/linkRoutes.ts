import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';

const linksSchema = z.object({
  /** Origins that other machines reach this server at, over https, the likeliest first; empty without a certificate. */
  links: z.array(z.url()),
});

/** `GET /api/links`: what to send to the others, which a page on localhost cannot know. */
export function linkRoutes(networkLinks: () => readonly string[]): FastifyPluginAsync {
  return async (app) => {
    const schema = { summary: 'Where other machines reach this server', response: { 200: linksSchema } };
    app.get('/links', { schema }, async () => ({ links: networkLinks() }));
  };
}
