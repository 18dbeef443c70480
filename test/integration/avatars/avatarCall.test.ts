import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { avatarRoutes } from '../../../server/features/avatars/avatarRoutes.ts';
import { AvatarStore } from '../../../server/features/avatars/avatarStore.ts';
import { AvatarsFeature } from '../../../server/features/avatars/avatarsFeature.ts';
import { roomAvatarRoutes } from '../../../server/features/avatars/roomAvatarRoutes.ts';
import { CaptionsFeature } from '../../../server/features/captions/captionsFeature.ts';
import { createApp } from '../../../server/http/app.ts';
import type { Inference } from '../../../server/inference/inference.ts';
import { PictureThreads } from '../../../server/media/feed/video/pictureThreads.ts';
import { noJournal } from '../../../server/rooms/callJournal.types.ts';
import { RoomRegistry } from '../../../server/rooms/roomRegistry.ts';
import type { SyntheticGuest } from '../../../server/rooms/syntheticGuest.ts';
import type { MediaRouter } from '../../../server/sfu/mediaRouter.types.ts';
import { systemClock as clock } from '../../../server/streams/clock.ts';
import { silentLog as log } from '../../../server/streams/log.ts';
import { noMetrics as metrics } from '../../../server/streams/metrics.ts';
import type { PlacedAvatar, UtteranceInfo } from '../../../shared/avatars.ts';
import type { Caption } from '../../../shared/captions.ts';
import { AvatarViewer } from '../../fixtures/avatarViewer.ts';
import { lacks, NO_TRITON } from '../../fixtures/lacks.ts';
import { pictureOf } from '../../fixtures/pictures.ts';
import { openSfu } from '../../fixtures/sfu.ts';
import { fixtureTriton, hasTriton, openInference, processesWith, untilLoaded } from '../../fixtures/triton.ts';

/** A picture so wide makes the fixtures an avatar that is white while its sound is loud: test/fixtures/python/avatar_models. */
const FLASHES = 120;
/** Of a frame and a packet together: what the two grids leave between a beep and its flash. */
/** Triton takes a process that is silent for longer for dead, and starts anew (docs/architecture.md). */
const STOPPED_MS = 700;
const IN_STEP_MS = 45;
const PACKET_MS = 20;
const NTP_EPOCH_MS = Date.UTC(1900, 0, 1);
const BEEPS = 'Beep beep beep beep beep.';

describe.skipIf(lacks(hasTriton, NO_TRITON))('an avatar in a call, over real workers and a real Triton', () => {
  const cleanUp = new AsyncDisposableStack();
  const routers: MediaRouter[] = [];
  let app: FastifyInstance;
  let rooms: RoomRegistry;
  let inference: Inference;
  let runDir: string;
  let flashing: string;
  let nextRoom = 0;

  beforeAll(async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'tritone-avatars-'));
    cleanUp.defer(() => rm(dir, { recursive: true, force: true }));
    const embedded = cleanUp.use(await fixtureTriton());
    runDir = embedded.runDir;
    inference = cleanUp.use(openInference({ config: { embedded } }));
    const sfu = cleanUp.use(await openSfu());
    await untilLoaded(inference);
    const { textToSpeech, lipSync, speechToText, avatarPreparation: preparation } = inference;
    const store = await AvatarStore.open({ dir, maxAvatars: 5, preparation, clock, log });
    const avatars = new AvatarsFeature({ store, textToSpeech, lipSync, clock, log, metrics });
    const threads = cleanUp.adopt(new PictureThreads({ clock }), (each) => each.close());
    const openRouter = async () => {
      const router = await sfu.openRouter();
      routers.push(router);
      return router;
    };
    const features = [avatars, new CaptionsFeature({ speechToText, clock, log, metrics })];
    const options = { openRouter, features, maxParticipants: 5, openPictureEncoder: threads.open, journal: noJournal };
    rooms = cleanUp.adopt(new RoomRegistry({ ...options, clock, log, metrics }), (each) => each.close());
    app = await createApp({
      routes: [
        avatarRoutes(store),
        roomAvatarRoutes({ avatars, textToSpeech, openRoom: (room) => rooms.open(room), clock }),
      ],
      readiness: () => ({}),
      metrics: { contentType: 'text/plain', expose: async () => '' },
      demoDir: undefined,
      maxUploadBytes: 1_000_000,
      log,
    });
    cleanUp.defer(() => app.close());
    const form = new FormData();
    form.set('name', 'Flash');
    form.set('consent', 'true');
    form.set('file', new Blob([Uint8Array.from(await pictureOf(FLASHES, 90))]), 'flash.jpg');
    const upload = new Request('http://x/', { method: 'POST', body: form });
    const made = await app.inject({
      method: 'POST',
      url: '/api/avatars',
      headers: { 'content-type': upload.headers.get('content-type') ?? '' },
      payload: Buffer.from(await upload.arrayBuffer()),
    });
    flashing = made.json().avatarId;
  });
  afterAll(() => cleanUp.disposeAsync());

  /** A fresh room with one avatar, and somebody who watches it. */
  async function stage({
    avatarId = flashing,
    voice = 'tone/tone',
  }: {
    avatarId?: string | null;
    voice?: string;
  } = {}) {
    const room = `studio-${++nextRoom}`;
    const url = `/api/rooms/${room}/avatars`;
    const payload = { name: 'Ada', avatarId, voice };
    const placed = (await app.inject({ method: 'POST', url, payload })).json<PlacedAvatar>();
    const call = await rooms.open(room);
    const trackOf = (kind: string) => call.tracks().find((track) => track.kind === kind)?.trackId;
    const router = routers.at(-1) as MediaRouter;
    const viewer = await AvatarViewer.open(router, trackOf('audio') ?? '', trackOf('video'));
    await sleep(500); // a key frame, and the reports that tell how both tracks lie in time
    const own = `${url}/${placed.participantId}`;
    const post = async <T = UtteranceInfo>(what: string, body: object = {}) =>
      (await app.inject({ method: 'POST', url: `${own}${what}`, payload: body })).json<T>();
    const say = (text: string, wait = true) => post('/say', { text, wait });
    const captions = () =>
      call.log.read().flatMap(({ event }) => (event.type === 'caption' ? [event.caption] : [])) as Caption[];
    return { call, viewer, placed, own, post, say, captions };
  }

  const median = (values: readonly number[]) =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

  it('speaks with lips in step, captioned from its own text at the times at which it is heard', async () => {
    const { call, viewer, placed, say, captions } = await stage();
    expect(call.log.read().find(({ event }) => event.type === 'participant-joined')?.event).toMatchObject({
      name: 'Ada',
      synthetic: true,
    });
    const startedMs = call.clock.nowMs();
    const said = await say(BEEPS);
    expect(said).toMatchObject({ state: 'said', heardText: BEEPS });
    expect(said.firstSoundMs).toBeLessThan(1000);
    expect(said.firstFrameMs).toBeLessThan(1500);
    await sleep(300);
    const [beeps, flashes] = [viewer.onsets(), viewer.flashes()];
    console.log(`first sound ${said.firstSoundMs} ms, first frame ${said.firstFrameMs} ms`);
    expect(beeps).toHaveLength(5);
    expect(flashes).toHaveLength(5);
    const skews = flashes.map((flashMs, at) => Math.round(flashMs - (beeps[at] ?? Number.NaN)));
    console.log(`picture after sound, ms: ${skews.join(' ')}`);
    for (const skew of skews) expect(Math.abs(skew)).toBeLessThan(IN_STEP_MS);
    const finals = captions();
    expect(finals).toMatchObject([{ text: BEEPS, final: true, participantId: placed.participantId, language: 'en' }]);
    const words = finals[0]?.words ?? [];
    expect(words.map(({ text }) => text)).toEqual(BEEPS.split(' '));
    words.forEach((word, at) => {
      expect(Math.abs(word.startMs - (words[0]?.startMs ?? 0) - at * 1000)).toBeLessThan(45);
    });
    expect(Math.abs((words[0]?.startMs ?? 0) - startedMs - (said.firstSoundMs ?? 0))).toBeLessThan(60);
  });

  it('is heard before the last fragment of its text is written', async () => {
    const { viewer, own } = await stage();
    const body = new Readable({ read: () => {} });
    const headers = { 'content-type': 'text/plain' };
    const said = app.inject({ method: 'POST', url: `${own}/say`, payload: body, headers });
    body.push('Hello there, ');
    await vi.waitUntil(() => viewer.onsets().length > 0, { timeout: 20_000, interval: 100 });
    await sleep(1000);
    expect((await app.inject(own)).json()).toMatchObject({ state: 'speaking' });
    body.push('and goodbye.');
    body.push(null);
    expect((await said).json()).toMatchObject({ state: 'said', heardText: 'Hello there, and goodbye.' });
  });

  it('falls silent within 60 ms where it is stopped, shows nothing of it in what it says next, and captions what was heard', async () => {
    const { viewer, post, say, captions } = await stage();
    void say('One two three four five six seven eight nine ten.');
    await vi.waitUntil(() => viewer.onsets().length > 0, { timeout: 20_000, interval: 50 });
    await sleep(700);
    const { stopped } = await post<{ stopped: UtteranceInfo[] }>('/stop');
    const stoppedAtMs = Date.now() - NTP_EPOCH_MS;
    await sleep(400);
    const loud = viewer.sounds().filter(({ pcm }) => pcm.some((sample) => Math.abs(sample) > 500));
    const moreMs = (loud.at(-1)?.atMs ?? Number.NaN) + PACKET_MS - stoppedAtMs;
    console.log(`${Math.round(moreMs)} ms more after stop`);
    expect(moreMs).toBeLessThanOrEqual(60);
    expect(stopped[0]?.state).toBe('cut');
    const last = captions().at(-1);
    expect(last).toMatchObject({ text: stopped[0]?.heardText, final: true });
    expect(stopped[0]?.heardText).toMatch(/^One two( three( four)?)?$/);
    const flashesBefore = viewer.flashes().length;
    expect(await say('Beep beep')).toMatchObject({ state: 'said' });
    await sleep(300);
    expect(viewer.flashes().length - flashesBefore).toBe(2);
  });

  it('goes on speaking while its lips are stopped for a moment, and is in step within a second of their return', async () => {
    const { call, placed, viewer, say } = await stage();
    const [pid = 0] = await processesWith(runDir, 'flat');
    const words = 10;
    const said = say(Array.from({ length: words }, () => 'beep').join(' '));
    await sleep(2500); // decoding in between would hold up the sound
    process.kill(pid, 'SIGSTOP');
    await sleep(STOPPED_MS);
    process.kill(pid, 'SIGCONT');
    const resumedAtMs = Date.now() - NTP_EPOCH_MS;
    expect(await said).toMatchObject({ state: 'said' });
    await sleep(300);
    const [beeps, flashes] = [viewer.onsets(), viewer.flashes()];
    expect(beeps).toHaveLength(words);
    // A busy test machine may hold up the loop that paces the sound; the voice itself never had to wait for anything.
    expect((call.participant(placed.participantId) as SyntheticGuest).audio.stats.underruns).toBe(0);
    const late = beeps.filter((beep) => beep > resumedAtMs + 1000);
    expect(late.length).toBeGreaterThanOrEqual(2);
    const skews = late.map((beep) => Math.min(...flashes.map((flash) => Math.abs(flash - beep))));
    console.log(`after SIGCONT, ms: ${skews.map(Math.round).join(' ')}`);
    for (const skew of skews) expect(skew).toBeLessThan(IN_STEP_MS);
  });

  it('says why a text could not be said, keeps its tracks, and says the next', async () => {
    const { call, viewer, say, post } = await stage({ avatarId: null, voice: 'tone/strict' });
    expect(await say('नमस्ते')).toMatchObject({ error: { code: 'voice.unreadable_text', retryable: false } });
    expect(await post('/say', { text: ' ' })).toMatchObject({ error: { code: 'speech.empty_text' } });
    expect(call.tracks().map(({ kind }) => kind)).toEqual(['audio']);
    expect(await say('Fine now')).toMatchObject({ state: 'said', heardText: 'Fine now' });
    expect(viewer.onsets().length).toBeGreaterThan(0);
  });

  it('goes on after its voice has died', async () => {
    const { call, say } = await stage({ avatarId: null });
    const saying = say('One two three four five six seven eight nine ten eleven twelve');
    await sleep(500);
    const [pid = 0] = await processesWith(runDir, 'tone');
    process.kill(pid, 'SIGKILL');
    const outcome = await saying;
    const state = 'error' in outcome ? outcome.error?.code : outcome.state;
    expect(['inference.unavailable', 'said']).toContain(state); // all of its sound may have been made before
    expect(call.tracks()).toHaveLength(1);
    await untilLoaded(inference);
    await vi.waitFor(async () => expect(await say('Back again')).toMatchObject({ state: 'said' }), { timeout: 30_000 });
  });

  it('is never tapped: what stands in the log of it is its own text', async () => {
    const { captions, say } = await stage({ avatarId: null });
    await say('Just this');
    await sleep(1500);
    expect(captions().map(({ text }) => text)).toEqual(['Just this']);
  });

  it('is as much in step after a while as at first', async () => {
    const { viewer, say } = await stage();
    for (let time = 0; time < 3; time += 1) await say('Beep beep');
    await sleep(300);
    const [beeps, flashes] = [viewer.onsets(), viewer.flashes()];
    expect(beeps).toHaveLength(6);
    const skews = beeps.map((beep) =>
      flashes.reduce((best, flash) => (Math.abs(flash - beep) < Math.abs(best) ? flash - beep : best), 1e9),
    );
    console.log(`over three texts, ms: ${skews.map(Math.round).join(' ')}, median ${Math.round(median(skews))}`);
    for (const skew of skews) expect(Math.abs(skew)).toBeLessThan(IN_STEP_MS);
  });
});
