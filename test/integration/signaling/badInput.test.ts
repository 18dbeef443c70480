import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServerProcess } from '../../fixtures/serverProcess.ts';
import { SocketPage } from '../../fixtures/socketPage.ts';

let server: ServerProcess;
beforeAll(async () => {
  // Captions are not needed here; nothing answers at that address.
  server = await ServerProcess.start({ env: { TRITON_URL: '127.0.0.1:9' } });
});
afterAll(() => server[Symbol.asyncDispose]());

async function join(room: string, name = 'Asha'): Promise<SocketPage> {
  const page = await SocketPage.connect(server.url);
  expect(await page.ask('room:join', { room, name })).toMatchObject({ ok: true });
  return page;
}

function refusal(code: string) {
  return { ok: false, error: { code, message: expect.any(String), retryable: expect.any(Boolean) } };
}

describe('a page that misuses the protocol', () => {
  it('is told the code of its mistake, and the rest of the room goes on', async () => {
    using bystander = await join('bad-input', 'Ben');
    using page = await join('bad-input');
    const mistakes: [string, unknown[], string][] = [
      ['no:such-event', [{}], 'request.unknown_event'],
      ['room:join', [{ room: 'bad-input', name: 'Twice' }], 'room.already_joined'],
      ['participant:update', ['not an object'], 'request.invalid'],
      ['participant:update', [{ language: 'a'.repeat(500) }], 'request.invalid'],
      ['transport:connect', [{ transportId: 'nowhere', dtlsParameters: {} }], 'media.transport_not_found'],
      ['transport:create', [{ direction: 'sideways' }], 'request.invalid'],
      ['track:close', [{ trackId: 'nothing' }], 'track.not_found'],
      ['track:pause', [null], 'request.invalid'],
      ['consumer:layers', [{ consumerId: 'c', spatialLayer: 99 }], 'request.invalid'],
    ];
    for (const [name, payload, code] of mistakes) {
      expect(await page.askAnything(name, ...payload), `${name} ${JSON.stringify(payload)}`).toEqual(refusal(code));
    }
    expect(await bystander.ask('clock:read', {})).toMatchObject({ ok: true });
    expect(bystander.entries.map(({ event }) => event.type)).toEqual(['participant-joined']);
  });

  it.each(['../etc', 'a b', '', 'x'.repeat(65), '<script>', '.hidden'])(
    'may not open a room called %j',
    async (room) => {
      using page = await SocketPage.connect(server.url);
      expect(await page.ask('room:join', { room, name: 'Asha' })).toEqual(refusal('request.invalid'));
    },
  );

  it('may name a room in any script', async () => {
    using page = await join('\u0938\u092d\u093e-1');
    expect(await page.ask('clock:read', {})).toMatchObject({ ok: true });
  });

  it('cannot publish what was not negotiated, and can go on', async () => {
    using page = await join('not-negotiated');
    const transport = await page.ask('transport:create', { direction: 'send' });
    if (!transport.ok) throw new Error(transport.error.code);
    const { transportId } = transport.value;
    const publish = (rtpParameters: Record<string, unknown>) =>
      page.ask('track:publish', { transportId, kind: 'audio', source: 'microphone', rtpParameters });
    expect(await publish({})).toEqual(refusal('media.not_negotiated'));
    const codec = {
      mimeType: 'audio/G722',
      payloadType: 9,
      clockRate: 8000,
      channels: 1,
      parameters: {},
      rtcpFeedback: [],
    };
    expect(await publish({ codecs: [codec], encodings: [{ ssrc: 1 }] })).toEqual(refusal('media.not_negotiated'));
    expect(await page.ask('consumer:create', { transportId, trackId: 'gone', rtpCapabilities: {} })).toMatchObject({
      ok: false,
    });
    expect(await page.ask('transport:restart-ice', { transportId })).toMatchObject({ ok: true });
  });

  it('is told when a message is too large, and cut off when it is larger than any could be; only it', async () => {
    using bystander = await join('oversize', 'Ben');
    using page = await join('oversize');
    expect(await page.askAnything('participant:update', { name: 'x'.repeat(400_000) })).toEqual(
      refusal('request.too_large'),
    );
    page.socket.emit('participant:update', { name: 'x'.repeat(3_000_000) });
    await page.disconnected();
    expect(await bystander.ask('clock:read', {})).toMatchObject({ ok: true });
  });

  it('is not let in from the page of another site', async () => {
    const handshake = (origin: string) =>
      fetch(`${server.url}/socket.io/?EIO=4&transport=polling`, { headers: { origin } });
    expect((await handshake('https://elsewhere.example')).status).toBe(403);
    expect((await handshake('null')).status).toBe(403);
    expect((await handshake(server.url)).status).toBe(200);
  });

  it('cannot disturb the pages of others with what its name hides', async () => {
    using page = await SocketPage.connect(server.url);
    expect(await page.ask('room:join', { room: 'hidden', name: '\u202e\u200b \u2066' })).toEqual(
      refusal('request.invalid'),
    );
    const joined = await page.ask('room:join', { room: 'hidden', name: 'A\u202esha\u0000' });
    expect(joined).toMatchObject({ ok: true, value: { entries: [{ event: { name: 'Asha' } }] } });
  });

  it('is slowed down when it asks without end', async () => {
    using page = await join('flood');
    const answers = await Promise.all(Array.from({ length: 900 }, () => page.ask('clock:read', {})));
    expect(answers.filter((answer) => !answer.ok && answer.error.code === 'request.too_many').length).toBeGreaterThan(
      100,
    );
    expect(answers.filter((answer) => answer.ok).length).toBeGreaterThan(100);
  });

  it('is turned away at the door when it speaks another protocol', async () => {
    await expect(SocketPage.connect(server.url, 999)).rejects.toMatchObject({ data: { code: 'protocol.version' } });
  });
});

describe('a page that loses its connection', () => {
  it('returns as the same participant and reads exactly what it missed', async () => {
    using bystander = await join('return', 'Ben');
    const page = await SocketPage.connect(server.url);
    const first = await page.ask('room:join', { room: 'return', name: 'Asha' });
    if (!first.ok) throw new Error(first.error.code);
    page.socket.disconnect();
    await bystander.ask('participant:update', { name: 'Benjamin' });
    const { callId, resumeToken, participantId, entries } = first.value;
    using again = await SocketPage.connect(server.url);
    const since = { callId, seq: entries.at(-1)?.seq ?? 0 };
    const second = await again.ask('room:join', { room: 'return', name: 'Asha', resumeToken, since });
    expect(second).toMatchObject({ ok: true, value: { participantId, resumed: true, callId } });
    if (!second.ok) return;
    expect(second.value.entries.map(({ event }) => event.type)).toEqual(['participant-updated']);
  });

  it('leaves at once when it says so', async () => {
    using bystander = await join('leave', 'Ben');
    using page = await join('leave');
    expect(await page.ask('room:leave', {})).toMatchObject({ ok: true });
    expect(await page.ask('clock:read', {})).toEqual(refusal('room.not_joined'));
    await expect.poll(() => bystander.entries.at(-1)?.event.type).toBe('participant-left');
  });
});

describe('a server without Triton', () => {
  it('serves the call and says that captions are away, and why', async () => {
    using page = await SocketPage.connect(server.url);
    const joined = await page.ask('room:join', { room: 'no-triton', name: 'Asha' });
    expect(joined).toMatchObject({ ok: true, value: { captions: { languages: [] } } });
    await expect
      .poll(async () => (await server.json<{ parts: { captions: object } }>('/readyz')).parts.captions, {
        timeout: 10_000,
      })
      .toMatchObject({ ready: false, reason: expect.any(String) });
  });
});
