import type { FastifyPluginAsync } from 'fastify';

export interface PartReadiness {
  ready: boolean;
  /** A sentence for people when the part is not ready. */
  reason?: string | undefined;
}

export interface HealthOptions {
  readiness: () => Readonly<Record<string, PartReadiness>>;
  metrics: { readonly contentType: string; expose(): Promise<string> };
}

/** `/healthz`: the process answers. `/readyz`: each part and why it is not ready. `/metrics`: for Prometheus. */
export function healthRoutes({ readiness, metrics }: HealthOptions): FastifyPluginAsync {
  return async (app) => {
    app.get('/healthz', { schema: { summary: 'The process answers' } }, async () => ({ ok: true }));
    app.get('/readyz', { schema: { summary: 'Each part, and why it is not ready' } }, async (_request, reply) => {
      const parts = readiness();
      const ready = Object.values(parts).every((part) => part.ready);
      return reply.status(ready ? 200 : 503).send({ ready, parts });
    });
    app.get('/metrics', { schema: { summary: 'Prometheus exposition' } }, async (_request, reply) =>
      reply.type(metrics.contentType).send(await metrics.expose()),
    );
  };
}
