import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TritoneAvatars } from '../../../client/sdk/avatars.ts';

type Answer = (request: IncomingMessage, body: string, response: ServerResponse) => void;
const open: { close(): void }[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function serving(answer: Answer): Promise<TritoneAvatars> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += String(piece);
    answer(request, body, response);
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new TritoneAvatars({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 't0' });
}

describe('TritoneAvatars', () => {
  it('asks as the identity of its token, with names of any script in the path', async () => {
    const seen: unknown[] = [];
    const avatars = await serving((request, body, response) => {
      seen.push(request.method, request.url, request.headers.authorization, JSON.parse(body));
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ utteranceId: 'u1', state: 'waiting', heardText: '' }));
    });
    const utterance = await avatars.say('सभा', 'p/1', { text: 'नमस्ते' });
    expect(utterance.utteranceId).toBe('u1');
    expect(seen).toEqual([
      'POST',
      `/api/rooms/${encodeURIComponent('सभा')}/avatars/p%2F1/say`,
      'Bearer t0',
      { text: 'नमस्ते' },
    ]);
  });

  it("throws the server's own error", async () => {
    const avatars = await serving((_request, _body, response) => {
      response.statusCode = 422;
      response.end(JSON.stringify({ error: { code: 'avatar.no_face', message: 'No face', retryable: false } }));
    });
    const face = { file: new Blob(['x']), name: 'Tree', consent: 'nobody' };
    await expect(avatars.createFace(face)).rejects.toMatchObject({ code: 'avatar.no_face', message: 'No face' });
  });

  it('tells a server that cannot be reached from one that refuses', async () => {
    const avatars = new TritoneAvatars({ url: 'http://127.0.0.1:1' });
    await expect(avatars.voices()).rejects.toMatchObject({ code: 'connection.unreachable', retryable: true });
  });

  it('waits for a text to be heard as long as that takes, and for the rest no longer than it says', async () => {
    const deadline = vi.spyOn(AbortSignal, 'timeout');
    try {
      const late = new AbortController();
      const avatars = await serving(({ url }, _body, response) => {
        if (url === '/api/avatars') late.abort(new DOMException('late', 'TimeoutError'));
        else response.end('{}');
      });
      await avatars.say('room', 'p1', { text: 'A long one', wait: true });
      expect(deadline).not.toHaveBeenCalled();
      await avatars.say('room', 'p1', { text: 'A long one' });
      expect(deadline).toHaveBeenLastCalledWith(15_000);
      deadline.mockReturnValue(late.signal);
      const face = { file: new Blob(['x']), name: 'Tree', consent: 'nobody' };
      await expect(avatars.createFace(face)).rejects.toMatchObject({
        code: 'connection.timeout',
        message: expect.stringContaining('120000'),
      });
    } finally {
      deadline.mockRestore();
    }
  });

  it('takes an answer without a body for what was asked to end', async () => {
    const avatars = await serving((_request, _body, response) => {
      response.statusCode = 204;
      response.end();
    });
    await expect(avatars.remove('room', 'p1')).resolves.toBeUndefined();
  });
});
