import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { avatarRoutes } from '../../../server/features/avatars/avatarRoutes.ts';
import { AvatarStore } from '../../../server/features/avatars/avatarStore.ts';
import { AvatarsFeature } from '../../../server/features/avatars/avatarsFeature.ts';
import { roomAvatarRoutes } from '../../../server/features/avatars/roomAvatarRoutes.ts';
import { createApp } from '../../../server/http/app.ts';
import { RoomClock } from '../../../server/rooms/roomClock.ts';
import type { RoomHandle, SyntheticOptions, SyntheticParticipant } from '../../../server/rooms/roomHandle.ts';
import { RoomLog } from '../../../server/rooms/roomLog.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { noMetrics } from '../../../server/streams/metrics.ts';
import { TritoneError } from '../../../shared/errors.ts';
import { TestLips } from '../../fixtures/drawnLips.ts';
import { pictureOf } from '../../fixtures/pictures.ts';
import { TestPreparation } from '../../fixtures/preparedFaces.ts';
import { PlayingFeed, TestVoice } from '../../fixtures/speakingVoice.ts';
import { VirtualClock } from '../../fixtures/virtualClock.ts';

/** A room in which synthetic participants have real feeds, played in virtual time. */
function roomOf(name: string, clock: VirtualClock) {
  const roomClock = new RoomClock(clock);
  const added: (SyntheticOptions & { participant: SyntheticParticipant })[] = [];
  const refusals: TritoneError[] = [];
  const addSynthetic = async (options: SyntheticOptions): Promise<SyntheticParticipant> => {
    const refusal = refusals.pop();
    if (refusal !== undefined) throw refusal;
    const abort = new AbortController();
    const close = async () => abort.abort();
    const participant: SyntheticParticipant = {
      participantId: `guest-${added.length + 1}`,
      name: options.name,
      audio: new PlayingFeed(clock).feed,
      video: undefined,
      signal: abort.signal,
      close,
      [Symbol.asyncDispose]: close,
    };
    added.push({ ...options, participant });
    return participant;
  };
  const log = new RoomLog(roomClock);
  const room = {
    name,
    callId: 'call',
    clock: roomClock,
    log,
    events: new EventEmitter(),
    signal: new AbortController().signal,
    tracks: () => [],
    captionLanguages: () => [],
    participant: () => undefined,
    openTap: () => Promise.reject(new TritoneError('track.not_found')),
    addSynthetic,
  } satisfies RoomHandle;
  return { room, added, refusals };
}

describe('avatars over REST', () => {
  let dir: string;
  const clock = new VirtualClock();
  const cleanUp = async () => rm(dir, { recursive: true, force: true });
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'tritone-avatars-'));
  });
  afterEach(cleanUp);

  async function stage() {
    const preparation = new TestPreparation();
    const voice = new TestVoice();
    const store = await AvatarStore.open({ dir, maxAvatars: 5, preparation, clock, log: silentLog });
    const avatars = new AvatarsFeature({
      store,
      textToSpeech: voice,
      lipSync: new TestLips(),
      clock,
      log: silentLog,
      metrics: noMetrics,
    });
    const { room, added, refusals } = roomOf('studio', clock);
    const attached = avatars.attach(room);
    const readVideo = vi.fn(async () => [await pictureOf(64, 64), await pictureOf(64, 64)]);
    const app = await createApp({
      routes: [
        avatarRoutes(store, readVideo),
        roomAvatarRoutes({ avatars, textToSpeech: voice, openRoom: async () => room, clock }),
      ],
      readiness: () => ({}),
      metrics: { contentType: 'text/plain', expose: async () => '' },
      demoDir: undefined,
      maxUploadBytes: 1000,
      log: silentLog,
    });
    const place = async (body: object = {}) => {
      const response = await app.inject({
        method: 'POST',
        url: '/api/rooms/studio/avatars',
        payload: { name: 'Ada', avatarId: null, ...body },
      });
      return { status: response.statusCode, body: response.json() };
    };
    /** Lets virtual time pass until the answer is there. */
    const whileTimePasses = async <T>(asked: Promise<T>): Promise<T> => {
      let answer: { value: T } | undefined;
      void asked.then((value) => {
        answer = { value };
      });
      while (answer === undefined) await clock.advance(20);
      return answer.value;
    };
    const post = (url: string, payload: object | string | Readable = {}, headers: Record<string, string> = {}) =>
      whileTimePasses(
        Promise.resolve(app.inject({ method: 'POST', url: `/api/rooms/studio/avatars${url}`, payload, headers })),
      );
    return { app, store, preparation, voice, avatars, attached, added, refusals, place, post, readVideo };
  }

  const form = (fields: Record<string, string>, file?: Buffer) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    if (file !== undefined) body.set('file', new Blob([Uint8Array.from(file)]), 'upload.bin');
    return body;
  };
  const upload = async (app: Awaited<ReturnType<typeof stage>>['app'], body: FormData) => {
    const request = new Request('http://x/', { method: 'POST', body });
    const response = await app.inject({
      method: 'POST',
      url: '/api/avatars',
      headers: { 'content-type': request.headers.get('content-type') ?? '' },
      payload: Buffer.from(await request.arrayBuffer()),
    });
    return { status: response.statusCode, body: response.json() };
  };
  const consented = { name: 'Ada', consent: 'true' };

  describe('faces', () => {
    it('are made of a picture, shown, and deleted', async () => {
      const { app, preparation } = await stage();
      const made = await upload(app, form({ name: ' Ada\u202e ', consent: 'I am Ada' }, await pictureOf(64, 64)));
      expect(made).toMatchObject({
        status: 201,
        body: { name: 'Ada', kind: 'portrait', consent: { statement: 'I am Ada', atMs: expect.any(Number) } },
      });
      expect(preparation.requests[0]?.pictures[0]?.subarray(0, 2)).toEqual(Buffer.of(0xff, 0xd8));
      const url = `/api/avatars/${made.body.avatarId}`;
      expect((await app.inject(url)).json()).toEqual(made.body);
      const preview = await app.inject(`${url}/preview.jpg`);
      expect([preview.statusCode, preview.headers['content-type']]).toEqual([200, 'image/jpeg']);
      expect((await app.inject({ method: 'DELETE', url })).statusCode).toBe(204);
      expect((await app.inject(url)).json()).toMatchObject({ error: { code: 'avatar.not_found' } });
    });

    it('are made of a video', async () => {
      const { app, preparation, readVideo } = await stage();
      const made = await upload(app, form(consented, Buffer.from('\0\0\0\x20ftypisom')));
      expect(made).toMatchObject({ status: 201, body: { kind: 'video' } });
      expect(preparation.requests[0]?.pictures).toHaveLength(2);
      expect(readVideo).toHaveBeenCalledOnce();
    });

    it('say what is wrong with an upload', async () => {
      const { app, preparation } = await stage();
      const picture = await pictureOf(64, 64);
      const codeOf = async (body: FormData) => (await upload(app, body)).body.error?.code;
      expect(await codeOf(form({ name: 'Ada' }, picture))).toBe('avatar.consent_missing');
      expect(await codeOf(form({ ...consented, consent: 'false' }, picture))).toBe('avatar.consent_missing');
      expect(await codeOf(form({ ...consented, name: ' ' }, picture))).toBe('request.invalid');
      expect(await codeOf(form(consented))).toBe('request.invalid');
      expect(await codeOf(form(consented, Buffer.from('%PDF-1.4')))).toBe('avatar.not_a_picture');
      preparation.refusal = new TritoneError('avatar.several_faces', { count: 2 });
      expect(await upload(app, form(consented, picture))).toMatchObject({
        status: 422,
        body: { error: { message: '2 faces were found in the picture: there must be one' } },
      });
      expect((await app.inject({ method: 'POST', url: '/api/avatars', payload: {} })).json()).toMatchObject({
        error: { code: 'request.invalid' },
      });
    });
  });

  describe('in rooms', () => {
    it('are placed, listed and removed', async () => {
      const { app, place, added } = await stage();
      const placed = await place({ avatarId: 'bundled' });
      expect(placed).toEqual({
        status: 201,
        body: {
          participantId: 'guest-1',
          name: 'Ada',
          avatarId: 'bundled',
          voice: 'test/voice',
          language: 'en',
          state: 'idle',
          waiting: 0,
        },
      });
      expect(added[0]?.face?.clip.fps).toBe(25);
      expect((await app.inject('/api/rooms/studio/avatars')).json()).toEqual({ avatars: [placed.body] });
      expect((await app.inject('/api/rooms/other/avatars')).json()).toEqual({ avatars: [] });
      const url = '/api/rooms/studio/avatars/guest-1';
      expect((await app.inject({ method: 'DELETE', url })).statusCode).toBe(204);
      expect((await app.inject(url)).json()).toMatchObject({ error: { code: 'avatar.participant_not_found' } });
      expect((await app.inject('/api/rooms/studio/avatars')).json()).toEqual({ avatars: [] });
    });

    it('are refused with what is wrong', async () => {
      const { place, refusals } = await stage();
      expect((await place({ avatarId: 'nobody' })).body.error.code).toBe('avatar.not_found');
      expect((await place({ language: 'not a tag' })).body.error.code).toBe('request.invalid');
      refusals.push(new TritoneError('room.full', { room: 'studio' }));
      expect((await place()).body.error.code).toBe('room.full');
    });

    it('say a text and answer at once, or when it was heard', async () => {
      const { app, place, post } = await stage();
      await place();
      const accepted = await post('/guest-1/say', { text: 'One two' });
      expect(accepted.statusCode).toBe(202);
      const { utteranceId } = accepted.json();
      const heard = await post('/guest-1/say', { text: 'Three', wait: true });
      expect(heard.statusCode).toBe(200);
      expect(heard.json()).toMatchObject({ state: 'said', heardText: 'Three', firstSoundMs: expect.any(Number) });
      const first = await app.inject(`/api/rooms/studio/avatars/guest-1/utterances/${utteranceId}`);
      expect(first.json()).toMatchObject({ state: 'said', heardText: 'One two' });
    });

    it('speak a text as it arrives', async () => {
      const { app, place, post } = await stage();
      await place();
      const body = new Readable({ read: () => {} });
      const asked = post('/guest-1/say', body, { 'content-type': 'text/plain' });
      body.push(Buffer.from('One, \ud83d\ude42 ').subarray(0, 7)); // in the middle of a character
      clock.after(1000, async () => {
        const [placed] = (await app.inject('/api/rooms/studio/avatars')).json().avatars;
        expect(placed.state).toBe('speaking');
        body.push(Buffer.from('One, \ud83d\ude42 ').subarray(7));
        body.push('two');
        body.push(null);
      });
      const heard = await asked;
      expect(heard.json()).toMatchObject({ state: 'said', heardText: 'One, \ud83d\ude42 two' });
      expect(heard.json().firstSoundMs).toBeLessThan(200);
    });

    it('say what has come of a text that does not go on, and tell its writer', async () => {
      const { app, place } = await stage();
      await place();
      const url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/api/rooms/studio/avatars/guest-1/say`;
      const written = request(url, { method: 'POST', headers: { 'content-type': 'text/plain' } });
      written.write('One two ');
      const answer = Promise.withResolvers<IncomingMessage>();
      let settled = false;
      answer.promise.catch(() => {}).finally(() => (settled = true));
      written.once('response', answer.resolve).once('error', answer.reject);
      await vi.waitUntil(async () => {
        await clock.advance(5000);
        return settled;
      }, 10_000);
      const { statusCode, headers } = await answer.promise;
      expect({ statusCode, connection: headers.connection }).toEqual({ statusCode: 400, connection: 'close' });
      expect((await app.inject('/api/rooms/studio/avatars')).json()).toMatchObject({ avatars: [{ state: 'idle' }] });
      written.destroy();
      await app.close();
    });

    it('tell what is heard as it is heard', async () => {
      const { place, post } = await stage();
      await place();
      const told = await post('/guest-1/say', { text: 'One two' }, { accept: 'text/event-stream' });
      expect(told.headers['content-type']).toBe('text/event-stream');
      const events = told.body.split('\n\n').filter((event) => event !== '');
      expect(events.at(-1)).toMatch(/^event: done\ndata: .*"state":"said","heardText":"One two"/);
      expect(events.some((event) => event.includes('"heardText":"One"'))).toBe(true);
    });

    it('stop, also before they say anything', async () => {
      const { place, post } = await stage();
      await place();
      expect((await post('/guest-1/stop')).json()).toEqual({ stopped: [] });
      await post('/guest-1/say', { text: 'One two three four five' });
      await post('/guest-1/say', { text: 'more' });
      await clock.advance(700);
      const stopped = (await post('/guest-1/stop')).json().stopped;
      expect(stopped).toMatchObject([
        { state: 'cut', heardText: 'One two' },
        { state: 'cut', heardText: '' },
      ]);
      expect((await post('/guest-1/say', { text: 'Again', wait: true })).json()).toMatchObject({ state: 'said' });
    });

    it('say what is wrong with a text, and go on', async () => {
      const { place, post, voice } = await stage();
      await place();
      const codeOf = async (url: string, body: object | string | Readable, type = 'application/json') =>
        (await post(url, body, { 'content-type': type })).json().error?.code;
      expect(await codeOf('/guest-1/say', { text: '' })).toBe('speech.empty_text');
      expect(await codeOf('/guest-1/say', { text: ' \n' })).toBe('speech.empty_text');
      expect(await codeOf('/guest-1/say', '', 'text/plain')).toBe('speech.empty_text');
      expect(await codeOf('/guest-1/say', { text: 'x'.repeat(100_000) })).toBe('speech.text_too_long');
      expect(await codeOf('/guest-1/say', 'x'.repeat(100_000), 'text/plain')).toBe('speech.text_too_long');
      expect(await codeOf('/guest-1/say', { text: 1 })).toBe('request.invalid');
      expect(await codeOf('/guest-1/say', { text: 'a', speed: 9 })).toBe('request.invalid');
      expect(await codeOf('/nobody/say', { text: 'a' })).toBe('avatar.participant_not_found');
      expect(await codeOf('/nobody/stop', {})).toBe('avatar.participant_not_found');
      voice.refusal = new TritoneError('voice.unreadable_text', { voice: 'test/voice', problem: 'it is Thai' });
      expect(await codeOf('/guest-1/say', { text: 'สวัสดี', wait: true })).toBe('voice.unreadable_text');
      voice.refusal = undefined;
      expect((await post('/guest-1/say', { text: 'Fine', wait: true })).json()).toMatchObject({ state: 'said' });
    });

    it('keep their face where it is deleted while they speak', async () => {
      const { app, store, place, post } = await stage();
      const made = await upload(app, form(consented, await pictureOf(64, 64)));
      await place({ avatarId: made.body.avatarId });
      await post('/guest-1/say', { text: 'One two three' });
      await store.delete(made.body.avatarId);
      expect((await post('/guest-1/say', { text: 'Four', wait: true })).json()).toMatchObject({
        state: 'said',
      });
    });

    it('leave with the call, their last words in its log', async () => {
      const { avatars, attached, place, post, added } = await stage();
      await place();
      await post('/guest-1/say', { text: 'One two three' });
      await clock.advance(400);
      await attached[Symbol.asyncDispose]();
      expect(added[0]?.participant.signal.aborted).toBe(true);
      expect(avatars.of('studio')).toBeUndefined();
    });
  });
});
