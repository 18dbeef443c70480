import swagger from '@fastify/swagger';
import fastify from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { describe, expect, it } from 'vitest';
import { type Archive, CallLibrary } from '../../../server/features/transcripts/callLibrary.ts';
import type { CallStore, TranscriptCall } from '../../../server/features/transcripts/transcript.ts';
import { transcriptRoutes } from '../../../server/features/transcripts/transcriptRoutes.ts';
import { callTranscriptSchema } from '../../../server/features/transcripts/transcriptSchemas.ts';
import { systemClock } from '../../../server/streams/clock.ts';
import type { Caption } from '../../../shared/captions.ts';
import { TritoneError } from '../../../shared/errors.ts';
import type { LogEvent } from '../../../shared/roomLog.ts';

function caption(fields: Partial<Caption>): LogEvent {
  const text = fields.text ?? 'Hello.';
  return {
    type: 'caption',
    caption: {
      id: 'p1:1',
      participantId: 'p1',
      source: 'microphone',
      revision: 0,
      startMs: 1000,
      endMs: 2000,
      language: 'en',
      text,
      stableChars: text.length,
      final: true,
      ...fields,
    },
  };
}

const ann: LogEvent = {
  type: 'participant-joined',
  participantId: 'p1',
  name: 'Ann',
  language: 'en',
  synthetic: false,
};

function call(callId: string, ...events: LogEvent[]): TranscriptCall {
  const entries = events.map((event, index) => ({ seq: index + 1, atMs: index, event }));
  return { callId, startedAtMs: 1_700_000_000_000, endedAtMs: undefined, entries: () => entries };
}

/** What outlasts the server: a call of last week. */
function lastWeek(deleted: string[] = []): Archive {
  const stored = { callId: 'old', room: 'standup', startedAtMs: 1_600_000_000_000, endedAtMs: 1_600_000_060_000 };
  const spoken = { callId: 'old', captionId: 'c', participantId: 'p9', speaker: 'Zoe', source: 'microphone' } as const;
  const utterance = {
    ...spoken,
    startMs: 0,
    endMs: 900,
    language: 'en',
    text: 'Last week.',
    words: [],
    revision: 0,
    translations: {},
  };
  const hit = { ...utterance, saidAtMs: 1_600_000_001_000 };
  return {
    calls: async (room) => (room === 'standup' ? [{ ...stored, utterances: 1 }] : []),
    utterances: async () => [hit],
    search: async ({ text, limit }) => ({ hits: text === 'week' ? [hit] : [], next: `after ${limit}` }),
    deleteCall: async (callId) => deleted.push(callId) > 0,
  };
}

const nothingStored: Archive = {
  calls: async () => [],
  utterances: async () => [],
  search: async () => ({ hits: [], next: undefined }),
  deleteCall: async () => false,
};

async function stage(...calls: TranscriptCall[]) {
  return stageWith(nothingStored, calls);
}

async function stageWith(archive: Archive, calls: TranscriptCall[], forgotten: string[] = []) {
  const app = fastify();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((cause, _request, reply) => {
    const error = TritoneError.from(cause, 'request.invalid');
    return reply.status(error.status).send({ error: error.toBody() });
  });
  await app.register(swagger, { transform: jsonSchemaTransform, openapi: {} });
  const recent: CallStore = {
    calls: (room) => (room === 'standup' ? calls : []),
    forget: (_room, callId) => void forgotten.push(callId),
  };
  await app.register(transcriptRoutes(new CallLibrary(recent, archive), systemClock), { prefix: '/api' });
  await app.ready();
  return {
    app,
    ask: (method: 'GET' | 'DELETE', url: string) => app.inject({ method, url: `/api/rooms/${url}` }),
    get: (url: string) => app.inject({ method: 'GET', url: `/api/rooms/${url}` }),
  };
}

describe('GET /api/rooms/:room/transcript', () => {
  it('tells the last call: finals that were not retracted, by time, under the name that each speaker has now', async () => {
    const { get } = await stage(
      call('first', ann, caption({ text: 'Old.' })),
      call(
        'second',
        ann,
        caption({ id: 'p1:2', startMs: 5000, text: 'Second.' }),
        caption({ id: 'p1:1', startMs: 1000, text: 'First.' }),
        caption({ id: 'p1:3', text: 'Half a', final: false }),
        caption({ id: 'p1:4', text: '', final: true }),
        { type: 'participant-updated', participantId: 'p1', name: 'Anna', language: 'en' },
      ),
    );
    const answer = await get('standup/transcript');
    expect(answer.json()).toMatchObject({
      room: 'standup',
      callId: 'second',
      startedAtMs: 1_700_000_000_000,
      gaps: [],
    });
    expect(answer.json().lines.map((line: { speaker: string; text: string }) => [line.speaker, line.text])).toEqual([
      ['Anna', 'First.'],
      ['Anna', 'Second.'],
    ]);
  });

  it('keeps the last revision of a caption alone', async () => {
    const { get } = await stage(
      call('c', ann, caption({ text: 'half', final: false }), caption({ revision: 1, text: 'Whole.' })),
    );
    expect((await get('standup/transcript')).json().lines).toHaveLength(1);
  });

  it('tells another call by its id', async () => {
    const { get } = await stage(call('first', ann, caption({ text: 'Old.' })), call('second'));
    expect((await get('standup/transcript?call=first&format=vtt')).body).toContain('<v Ann>Old.</v>');
  });

  it('tells what could not be captioned', async () => {
    const gap: LogEvent = {
      type: 'caption-gap',
      participantId: 'p1',
      source: 'microphone',
      startMs: 0,
      endMs: 900,
      reason: 'outage',
    };
    const { get } = await stage(call('c', ann, gap));
    expect((await get('standup/transcript')).json().gaps).toEqual([
      { participantId: 'p1', speaker: 'Ann', source: 'microphone', startMs: 0, endMs: 900, reason: 'outage' },
    ]);
  });

  it.each([
    ['vtt', 'text/vtt; charset=utf-8'],
    ['srt', 'application/x-subrip; charset=utf-8'],
    ['txt', 'text/plain; charset=utf-8'],
  ])('answers %s as %s', async (format, contentType) => {
    const { get } = await stage(call('c', ann, caption({})));
    const answer = await get(`standup/transcript?format=${format}`);
    expect(answer.headers['content-type']).toBe(contentType);
    expect(answer.body).toContain('Hello.');
  });

  it.each([
    ['nowhere/transcript', 404, 'room.not_found'],
    ['nowhere/calls', 404, 'room.not_found'],
    ['standup/transcript?call=none', 404, 'call.not_found'],
    ['standup/transcript?format=docx', 400, 'transcription.unknown_format'],
    ['..%2Fetc/transcript', 400, 'request.invalid'],
  ])('answers %s with %i %s', async (url, status, code) => {
    const { get } = await stage(call('c'));
    const answer = await get(url);
    expect([answer.statusCode, answer.json().error.code]).toEqual([status, code]);
  });

  it.each(['json', 'vtt', 'srt', 'txt'])(
    'lets the event loop go on while it writes %s of a long call',
    async (format) => {
      const lines = Array.from({ length: 10_000 }, (_, index) =>
        caption({
          id: `p1:${index}`,
          startMs: index * 3000,
          endMs: index * 3000 + 2000,
          text: 'Some words. '.repeat(12),
        }),
      );
      const { get } = await stage(call('c', ann, ...lines));
      let turns = 0;
      let over = false;
      const count = () => {
        turns += 1;
        if (!over) setImmediate(count);
      };
      count();
      const answer = await get(`standup/transcript?format=${format}`);
      over = true;
      expect(answer.body.match(/words\./g)).toHaveLength(120_000);
      expect(turns).toBeGreaterThan(20);
      if (format === 'json') callTranscriptSchema.parse(answer.json());
    },
  );

  it('lists the calls of a room, the running one without an end', async () => {
    const { get } = await stage({ ...call('first'), endedAtMs: 1_700_000_100_000 }, call('second'));
    expect((await get('standup/calls')).json()).toEqual({
      calls: [
        { callId: 'first', startedAtMs: 1_700_000_000_000, endedAtMs: 1_700_000_100_000 },
        { callId: 'second', startedAtMs: 1_700_000_000_000 },
      ],
    });
  });

  it('is described in the OpenAPI document with each of its formats', async () => {
    const { app } = await stage();
    const { paths } = app.swagger() as unknown as { paths: Record<string, { get: Record<string, unknown> }> };
    expect(paths['/api/rooms/{room}/transcript']?.get).toMatchObject({
      responses: { 200: { content: { 'application/json': {}, 'text/vtt': {}, 'text/plain': {} } } },
    });
  });
});

describe('a transcript in another language', () => {
  const translation = { captionId: 'p1:1', captionRevision: 0, language: 'es', text: 'Hola.', final: true } as const;
  const translated = () =>
    call(
      'second',
      ann,
      caption({ id: 'p1:1', startMs: 1000, text: 'Hello.' }),
      { type: 'translation', translation },
      {
        type: 'translation',
        translation: { ...translation, captionId: 'p1:2', text: '', failed: 'inference.timeout' },
      },
      caption({ id: 'p1:2', startMs: 9000, text: 'Bye.' }),
    );

  it('has the translation where there is one, and the original elsewhere', async () => {
    const { get } = await stage(translated());
    const { body } = await get('standup/transcript?format=txt&language=es-MX');
    expect(body).toContain('Ann: Hola.');
    expect(body).toContain('Ann: Bye.');
    expect(body).not.toContain('Hello');
  });

  it('has both side by side where that is asked for', async () => {
    const { get } = await stage(translated());
    const { body } = await get('standup/transcript?format=vtt&language=es&bilingual=true');
    expect(body.indexOf('Hola.')).toBeGreaterThan(0);
    expect(body.indexOf('Hello.')).toBeGreaterThan(body.indexOf('Hola.'));
    expect((await get('standup/transcript')).json().lines[0].translations).toEqual({ es: 'Hola.' });
  });
});

describe('calls that outlast the server', () => {
  it('stand before those that are remembered, and are read as they are', async () => {
    const { get } = await stageWith(lastWeek(), [call('now', ann, caption({ text: 'Today.' }))]);
    const { calls } = (await get('standup/calls')).json();
    expect(calls.map(({ callId }: { callId: string }) => callId)).toEqual(['old', 'now']);
    expect((await get('standup/transcript')).json().lines[0].text).toBe('Today.');
    expect((await get('standup/transcript?call=old&format=txt')).body).toContain('Zoe: Last week.');
  });

  it('are the last call where none is remembered', async () => {
    const { get } = await stageWith(lastWeek(), []);
    expect((await get('standup/transcript')).json()).toMatchObject({ callId: 'old', lines: [{ text: 'Last week.' }] });
  });

  it('cost nobody what is remembered while the archive is away', async () => {
    const away = async () => {
      throw new TritoneError('store.unavailable', { reason: 'test' });
    };
    const archive = { calls: away, utterances: away, search: away, deleteCall: away };
    const { get } = await stageWith(archive, [call('now', ann, caption({ text: 'Today.' }))]);
    expect((await get('standup/transcript')).json().lines[0].text).toBe('Today.');
    expect((await get('standup/calls')).json().calls).toHaveLength(1);
    expect((await get('standup/search?q=x')).json().error.code).toBe('store.unavailable');
  });

  it('are searched, page by page', async () => {
    const { get } = await stageWith(lastWeek(), []);
    const { hits, next } = (await get('standup/search?q=week&limit=7')).json();
    expect(hits).toMatchObject([{ text: 'Last week.', speaker: 'Zoe', saidAtMs: 1_600_000_001_000 }]);
    expect(next).toBe('after 7');
    expect((await get('standup/search?limit=0')).statusCode).toBe(400);
  });

  it('are deleted for good; one that runs is not', async () => {
    const deleted: string[] = [];
    const forgotten: string[] = [];
    const { ask } = await stageWith(lastWeek(deleted), [call('now', ann)], forgotten);
    expect((await ask('DELETE', 'standup/calls/old')).statusCode).toBe(204);
    expect([deleted, forgotten]).toEqual([['old'], ['old']]);
    expect((await ask('DELETE', 'standup/calls/now')).json().error.code).toBe('call.running');
    expect((await ask('DELETE', 'standup/calls/never')).json().error.code).toBe('call.not_found');
    expect((await ask('DELETE', 'elsewhere/calls/old')).json().error.code).toBe('room.not_found');
  });
});
