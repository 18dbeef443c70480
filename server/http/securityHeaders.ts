import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

const policy = {
  'default-src': ["'self'"],
  'img-src': ["'self'", 'blob:', 'data:'],
  'media-src': ["'self'", 'blob:', 'mediastream:'],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'self'"],
};

/** Swagger's page writes styles into its elements. */
export const docsPolicy = { ...policy, 'style-src': ["'self'", "'unsafe-inline'"] };

/**
 * What browsers are told about every answer. The page takes code, styles and data from here alone; pictures and sound may
 * be its own, too. Nothing forces https: the same answers go over http to this machine, and a certificate made here
 * must not lock anybody out.
 */
export async function sendSecurityHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: policy,
    },
    strictTransportSecurity: false,
    // On pages of http it does nothing but warn in the console.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  });
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('permissions-policy', 'camera=(self), microphone=(self), display-capture=(self), geolocation=()');
  });
}
