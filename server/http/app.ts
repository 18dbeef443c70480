import multipart from '@fastify/multipart';
import fastifyStatic from '@fastify/static';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Log } from '../streams/log.ts';
import { sendErrors } from './errors.ts';
import { type HealthOptions, healthRoutes } from './health.ts';
import { docsPolicy, sendSecurityHeaders } from './securityHeaders.ts';

export interface AppOptions extends HealthOptions {
  /** What features bring; each is registered under /api. */
  routes: readonly FastifyPluginAsync[];
  /** Folder of the built page; without it the API stands alone. */
  demoDir: string | undefined;
  maxUploadBytes: number;
  log: Log;
}

/** The door for programs: REST, its OpenAPI document, health, metrics and the page's files. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const app = fastify({ bodyLimit: 1024 * 1024, forceCloseConnections: true });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  sendErrors(app, options.log);
  await sendSecurityHeaders(app);
  await app.register(multipart, { limits: { fileSize: options.maxUploadBytes, files: 1 } });
  await app.register(swagger, {
    openapi: {
      info: {
        title: 'Tritone',
        description: 'Live captions, transcripts and transcriptions of calls.',
        version: '1',
      },
    },
    transform: jsonSchemaTransform,
  });
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: docsPolicy });
  await app.register(healthRoutes(options));
  for (const routes of options.routes) await app.register(routes, { prefix: '/api' });
  if (options.demoDir !== undefined) {
    await app.register(fastifyStatic, {
      root: options.demoDir,
      setHeaders: (reply, file) => {
        reply.header('cache-control', file.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  await app.ready();
  return app;
}
