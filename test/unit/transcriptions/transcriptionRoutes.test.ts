import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { transcriptionRoutes } from '../../../server/features/transcriptions/transcriptionRoutes.ts';
import { createApp } from '../../../server/http/app.ts';
import { systemClock } from '../../../server/streams/clock.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { noMetrics } from '../../../server/streams/metrics.ts';
import { TritoneError } from '../../../shared/errors.ts';
import { silence, soundOfWord, WordReader } from '../../fixtures/wordsInSound.ts';

/** A file of words: its bytes are raw PCM, and whatever begins with `not` is no sound. */
async function* decode(source: AsyncIterable<Uint8Array>): AsyncGenerator<Int16Array, void, void> {
  for await (const piece of source) {
    const bytes = Buffer.from(piece);
    if (bytes.toString('latin1', 0, 3) === 'not') throw new TritoneError('transcription.not_audio');
    yield new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  }
}

type Body = NonNullable<RequestInit['body']>;

function fileOf(words: number): Blob {
  const pieces = Array.from({ length: words }, (_, index) => soundOfWord(index + 1));
  return new Blob(
    [...pieces, silence(700)].map((pcm) => Buffer.from(pcm.buffer)),
    { type: 'audio/wav' },
  );
}

function formOf(file: Blob, fields: Readonly<Record<string, string>> = {}): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', file, 'speech.wav');
  return form;
}

describe('POST /api/transcriptions', () => {
  let app: FastifyInstance | undefined;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tritone-test-'));
    vi.stubEnv('TMPDIR', folder);
  });

  async function stage({ maxUploadBytes = 10_000_000 } = {}) {
    const speechToText = new WordReader();
    const parts = { clock: systemClock, log: silentLog, metrics: noMetrics };
    app = await createApp({
      routes: [transcriptionRoutes({ speechToText, decode, maxUploadBytes, ...parts })],
      readiness: () => ({}),
      metrics: { contentType: 'text/plain', expose: async () => '' },
      demoDir: undefined,
      maxUploadBytes,
      log: silentLog,
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/api/transcriptions`;
    return {
      speechToText,
      url,
      post: (body: Body, query = '', init = {}) => fetch(url + query, { method: 'POST', body, ...init }),
    };
  }

  afterEach(async () => {
    await app?.close();
    vi.unstubAllEnvs();
    const left = await readdir(folder);
    await rm(folder, { recursive: true });
    expect(left).toEqual([]);
  });

  it('answers with the text, the lines and their words', async () => {
    const { post } = await stage();
    const answer = await post(formOf(fileOf(3), { language: 'en' }));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      status: 'done',
      text: 'w1 w2 w3',
      durationMs: 1600,
      progressMs: 1600,
      lines: [{ startMs: 0, endMs: 800, language: 'en', words: [{ text: 'w1' }, { text: 'w2' }, { text: 'w3' }] }],
    });
  });

  it('takes a raw body as well as a form', async () => {
    const { post } = await stage();
    const answer = await post(fileOf(2), '?format=txt', { headers: { 'content-type': 'audio/wav' } });
    expect(await answer.text()).toBe('[00:00:00] w1 w2\n');
  });

  it.each([
    ['vtt', 'text/vtt; charset=utf-8', 'WEBVTT\n\n00:00:00.000 --> 00:00:00.500\nw1 w2\n'],
    ['srt', 'application/x-subrip; charset=utf-8', '1\n00:00:00,000 --> 00:00:00,500\nw1 w2\n'],
  ])('writes %s', async (format, contentType, text) => {
    const { post } = await stage();
    const answer = await post(formOf(fileOf(2), { format }));
    expect([answer.headers.get('content-type'), await answer.text()]).toEqual([contentType, text]);
  });

  it('hands language and model to the recogniser, and lets the form win over the query', async () => {
    const { post, speechToText } = await stage();
    await post(formOf(fileOf(1), { language: 'hi' }), '?language=en&model=whisper_live');
    expect(speechToText.requests).toEqual([expect.objectContaining({ language: 'hi', model: 'whisper_live' })]);
  });

  it('tells lines as they come where events are accepted', async () => {
    const { post } = await stage();
    const answer = await post(formOf(fileOf(2)), '', { headers: { accept: 'text/event-stream' } });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const events = (await answer.text()).trim().split('\n\n');
    expect(events.find((event) => event.startsWith('event: line'))).toContain('"text":"w1 w2"');
    expect(events.at(-1)).toMatch(/^event: done\ndata: .*"status":"done"/);
  });

  it('tells a failure as the last event where events are accepted', async () => {
    const { post } = await stage();
    const answer = await post(formOf(new Blob(['not a sound'])), '', { headers: { accept: 'text/event-stream' } });
    expect(await answer.text()).toMatch(/event: error\ndata: .*"transcription.not_audio"/);
  });

  it('answers at once with an id that tells state and result, until it is deleted', async () => {
    const { post, url } = await stage();
    const answer = await post(formOf(fileOf(2)), '?wait=false');
    expect(answer.status).toBe(202);
    const { id } = (await answer.json()) as { id: string };
    expect(answer.headers.get('location')).toBe(`/api/transcriptions/${id}`);
    const result = await fetch(`${url}/${id}/result?format=txt`);
    expect(await result.text()).toContain('w1 w2');
    expect(await (await fetch(`${url}/${id}`)).json()).toMatchObject({ id, status: 'done' });
    expect((await fetch(`${url}/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await fetch(`${url}/${id}`)).status).toBe(404);
  });

  it('cancels what runs when it is deleted', async () => {
    const { post, url, speechToText } = await stage();
    speechToText.refusal = new TritoneError('inference.busy', { model: 'words' });
    const { id } = (await (await post(formOf(fileOf(2)), '?wait=false')).json()) as { id: string };
    const waiting = fetch(`${url}/${id}/result`);
    await fetch(`${url}/${id}`, { method: 'DELETE' });
    expect(await (await waiting).json()).toMatchObject({ error: { code: 'inference.cancelled' } });
  });

  it('cancels when the client hangs up', async () => {
    const { post, speechToText } = await stage();
    speechToText.refusal = new TritoneError('inference.busy', { model: 'words' });
    const hangUp = new AbortController();
    const answer = post(formOf(fileOf(2)), '', { signal: hangUp.signal });
    while (speechToText.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    hangUp.abort();
    await expect(answer).rejects.toThrow();
    await vi.waitFor(() => expect(speechToText.requests.at(-1)?.signal?.aborted).toBe(true));
  });

  it('refuses a fifth file while four are being transcribed', async () => {
    const { post, speechToText } = await stage();
    speechToText.refusal = new TritoneError('inference.busy', { model: 'words' });
    for (let file = 0; file < 4; file++) expect((await post(formOf(fileOf(1)), '?wait=false')).status).toBe(202);
    const fifth = await post(formOf(fileOf(1)), '?wait=false');
    expect([fifth.status, await fifth.json()]).toEqual([
      429,
      { error: expect.objectContaining({ code: 'request.too_many' }) },
    ]);
  });

  it.each<[string, Body, string, number, string]>([
    ['what is no sound', formOf(new Blob(['not a sound'])), '', 415, 'transcription.not_audio'],
    ['an unknown format', formOf(fileOf(1)), '?format=docx', 400, 'transcription.unknown_format'],
    ['an unknown format in the form', formOf(fileOf(1), { format: 'docx' }), '', 400, 'transcription.unknown_format'],
    ['a language that is none', formOf(fileOf(1), { language: 'klingon!' }), '', 400, 'request.invalid'],
    ['a form without a file', Object.assign(new FormData(), {}), '', 400, 'request.invalid'],
    ['a file over the limit', formOf(new Blob([Buffer.alloc(300_000)])), '', 413, 'request.too_large'],
    ['JSON', JSON.stringify({}), '', 400, 'request.invalid'],
  ])('refuses %s', async (_what, body, query, status, code) => {
    const { post } = await stage({ maxUploadBytes: 200_000 });
    const headers = typeof body === 'string' ? { 'content-type': 'application/json' } : {};
    const answer = await post(body, query, { headers });
    expect([answer.status, ((await answer.json()) as { error: { code: string } }).error.code]).toEqual([status, code]);
  });

  it('refuses a raw body over the limit', async () => {
    const { post } = await stage({ maxUploadBytes: 200_000 });
    const answer = await post(new Blob([Buffer.alloc(300_000)]), '', { headers: { 'content-type': 'audio/wav' } });
    expect([answer.status, await answer.json()]).toEqual([
      413,
      { error: expect.objectContaining({ code: 'request.too_large' }) },
    ]);
  });

  it('is described in the OpenAPI document, with the file that it wants', async () => {
    await stage();
    const { paths } = (app as unknown as { swagger(): { paths: Record<string, { post: object }> } }).swagger();
    expect(paths['/api/transcriptions']?.post).toMatchObject({
      requestBody: { content: { 'multipart/form-data': { schema: { properties: { file: { format: 'binary' } } } } } },
      responses: { 200: { content: { 'application/json': {}, 'text/vtt': {} } }, 202: {} },
    });
  });

  it('knows no transcription by an id it never gave', async () => {
    const { url } = await stage();
    const answer = await fetch(`${url}/0b8f9ad2-1f1e-4f5e-8c37-5f7a4de3f0aa`);
    expect([answer.status, await answer.json()]).toEqual([
      404,
      { error: expect.objectContaining({ code: 'transcription.not_found' }) },
    ]);
  });
});
