import { describe, expect, it } from 'vitest';
import { isOnThisMachine, networkOrigin } from '../../../client/demo/src/lib/networkLink.ts';

const { signal } = new AbortController();
const answering = (body: string, status = 200) => networkOrigin(signal, async () => new Response(body, { status }));

describe('networkOrigin', () => {
  it("is the server's best address, bare", async () => {
    const links = ['https://192.168.1.5:3443/', 'https://10.0.0.2:3443'];
    expect(await answering(JSON.stringify({ links }))).toBe('https://192.168.1.5:3443');
  });

  it.each([
    ['{"links":[]}', 200],
    ['{}', 200],
    ['{"links":["no address"]}', 200],
    ['null', 200],
    ['<!doctype html>', 200],
    ['{"links":["https://a"]}', 404],
  ])('is unknown after the answer %s with status %i', async (body, status) => {
    expect(await answering(body, status)).toBeUndefined();
  });

  it('is unknown where nobody answers', async () => {
    expect(await networkOrigin(signal, () => Promise.reject(new TypeError('offline')))).toBeUndefined();
  });
});

describe('isOnThisMachine', () => {
  it('knows the names that mean another machine to everyone else', () => {
    expect(['localhost', '127.0.0.1', '[::1]'].every(isOnThisMachine)).toBe(true);
    expect(isOnThisMachine('192.168.1.5')).toBe(false);
  });
});
