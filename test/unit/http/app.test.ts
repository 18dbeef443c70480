import type { FastifyPluginAsync } from 'fastify';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createApp } from '../../../server/http/app.ts';
import type { PartReadiness } from '../../../server/http/health.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { TritoneError } from '../../../shared/errors.ts';

const routes: FastifyPluginAsync = async (app) => {
  app.get(
    '/rooms/:room',
    { schema: { querystring: z.object({ limit: z.coerce.number().int().max(5) }) } },
    async () => ({ fine: true }),
  );
  app.post('/echo', async ({ body }) => body);
  app.get('/full', async () => {
    throw new TritoneError('room.full', { room: 'ops' });
  });
  app.get('/broken', async () => {
    throw new Error('/home/someone/secret.ts:12');
  });
};

function stage(readiness: Record<string, PartReadiness> = {}) {
  const metrics = { contentType: 'text/plain; version=0.0.4', expose: async () => 'up 1\n' };
  const options = { routes: [routes], readiness: () => readiness, metrics, demoDir: undefined, maxUploadBytes: 1000 };
  return createApp({ ...options, log: silentLog });
}

describe('the REST door', () => {
  it('answers a fault of the request with its code, its status and the field at fault', async () => {
    const app = await stage();
    const response = await app.inject('/api/rooms/ops?limit=9');
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({
      error: { code: 'request.invalid', message: expect.stringContaining('limit') },
    });
  });

  it("answers a part's own error with the status of its row", async () => {
    const response = await (await stage()).inject('/api/full');
    expect(response.statusCode).toBe(503);
    expect(response.json()).toEqual({ error: { code: 'room.full', message: 'Room ops is full', retryable: true } });
  });

  it('shows nothing of the machine when something breaks', async () => {
    const response = await (await stage()).inject('/api/broken');
    expect(response.statusCode).toBe(500);
    expect(response.body).not.toContain('secret');
    expect(response.json()).toMatchObject({ error: { code: 'internal' } });
  });

  it('tells browsers to take code from here alone, on every answer, and never to insist on https', async () => {
    const app = await stage();
    for (const url of ['/healthz', '/docs/static/index.html', '/nothing/here', '/api/broken']) {
      const { headers } = await app.inject(url);
      expect(headers['content-security-policy']).toContain("default-src 'self'");
      expect(headers['content-security-policy']).not.toMatch(/script-src|unsafe-eval|upgrade-insecure-requests/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['permissions-policy']).toContain('microphone=(self)');
      expect(headers).not.toHaveProperty('strict-transport-security');
    }
  });

  it('answers an unknown route with a code', async () => {
    const response = await (await stage()).inject({ method: 'POST', url: '/nothing/here' });
    expect(response.statusCode).toBe(404);
    expect(response.json()).toMatchObject({ error: { code: 'request.unknown_event' } });
  });

  it('answers broken JSON and a body that is too large with codes', async () => {
    const app = await stage();
    const post = (payload: string) =>
      app.inject({ method: 'POST', url: '/api/echo', headers: { 'content-type': 'application/json' }, payload });
    expect((await post('{')).json()).toMatchObject({ error: { code: 'request.invalid' } });
    const large = await post(JSON.stringify('x'.repeat(1024 * 1024)));
    expect(large.statusCode).toBe(413);
    expect(large.json()).toMatchObject({ error: { code: 'request.too_large' } });
  });

  it('tells which part is not ready, and why', async () => {
    const app = await stage({ media: { ready: true }, captions: { ready: false, reason: 'Triton is starting' } });
    const response = await app.inject('/readyz');
    expect(response.statusCode).toBe(503);
    expect(response.json()).toEqual({
      ready: false,
      parts: { media: { ready: true }, captions: { ready: false, reason: 'Triton is starting' } },
    });
    expect((await app.inject('/healthz')).statusCode).toBe(200);
  });

  it('describes its routes as OpenAPI', async () => {
    const app = await stage();
    const document = (await app.inject('/docs/json')).json();
    expect(document.openapi).toMatch(/^3\./);
    expect(Object.keys(document.paths)).toContain('/api/rooms/{room}');
  });
});
