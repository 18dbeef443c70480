import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { avatarMetrics } from '../../server/features/avatars/avatarMetrics.ts';
import { AvatarStore } from '../../server/features/avatars/avatarStore.ts';
import { type Face, LipTrack } from '../../server/features/avatars/lipTrack.ts';
import { VoiceSoundConverter } from '../../server/features/voices/voiceSound.ts';
import type { LipSync } from '../../server/inference/lipSync.types.ts';
import type { SynthesisChunk } from '../../server/inference/textToSpeech.types.ts';
import { SyntheticMedia } from '../../server/media/feed/syntheticMedia.ts';
import { PictureThreads } from '../../server/media/feed/video/pictureThreads.ts';
import { PCM_RATE } from '../../server/media/pcmChunk.ts';
import { Sfu } from '../../server/sfu/sfu.ts';
import { systemClock as clock } from '../../server/streams/clock.ts';
import { silentLog as log } from '../../server/streams/log.ts';
import { noMetrics as metrics } from '../../server/streams/metrics.ts';
import { BUNDLED_AVATAR_ID } from '../../shared/avatars.ts';
import { TritoneError } from '../../shared/errors.ts';
import { locate } from '../../test/fixtures/correlation.ts';
import { Engine } from '../speech/engine.ts';
import { Camera, type Film } from './filmed.ts';
import { recordVoice, shuffled } from './recordedVoice.ts';
import { SENTENCES } from './texts.ts';

const run = promisify(execFile);
const pythonDir = path.resolve(import.meta.dirname, '../../python');
const READY_MS = 3000;
const LEAD_MS = 1500;
/** The voice begins in the first seconds of a film. */
const LATEST_SAMPLES = 6 * PCM_RATE;

/** As `python -m bench.lips.recorded` answers. */
export interface LipScore {
  readonly mouth: string;
  /** Pictures during speech. */
  readonly pictures: number;
  /** Correlation of the opening with what the voice's visemes ask for: as it is, and with the best lag. */
  readonly atOnce: number;
  readonly best: number;
  /** Positive: the mouth is behind. */
  readonly lagMs: number;
  /** Share of p, b, m with the lips together. */
  readonly closed: number | null;
  /** Share of the pictures during the sound whose lips were drawn in time; the others show a closed mouth. */
  readonly lipsShare: number;
}

/**
 * One text, said by a voice once and shown in four ways through feed, encoder and a real worker; how far the lips are apart
 * is found anew in each decoded picture and held against the visemes that the voice told.
 */
export async function measureLips(voice: string, lips: string): Promise<LipScore[]> {
  const [voiceModel = ''] = voice.split('/');
  await using cleanUp = new AsyncDisposableStack();
  const engine = cleanUp.use(await Engine.start([voiceModel, 'avatar_prepare', lips]));
  const dir = await mkdtemp(path.join(tmpdir(), 'tritone-bench-lips-'));
  cleanUp.defer(() => rm(dir, { recursive: true, force: true }));
  const { textToSpeech, lipSync, avatarPreparation: preparation } = engine.inference;
  const spoken = await recordVoice(textToSpeech, voice, SENTENCES.slice(0, 4).join(' '));
  const visemes = spoken.visemes.map(({ viseme, startSample, endSample }) => [viseme, startSample, endSample]);
  await writeFile(path.join(dir, 'spoken.json'), JSON.stringify({ visemes }));
  const store = await AvatarStore.open({ dir, maxAvatars: 1, preparation, clock, log });
  const { face } = await store.lend(BUNDLED_AVATAR_ID);
  const silent = spoken.chunks.map((chunk) => ({ ...chunk, visemes: [] }));
  const mouths: readonly [string, readonly SynthesisChunk[], LipSync][] = [
    [`${lips}, with the voice's visemes`, spoken.chunks, lipSync],
    [`${lips}, with its visemes shuffled`, shuffled(spoken.chunks, 1), lipSync],
    [`${lips}, from the sound alone`, silent, lipSync],
    ['a frozen mouth', silent, noLips],
  ];
  const scores: LipScore[] = [];
  for (const [mouth, chunks, model] of mouths) {
    const film = await filmed(face, chunks, model);
    const begins = (film.soundStartMs - film.startMs) / 1000 + placeOf(spoken.pcm, film.sound) / PCM_RATE;
    await writeFile(path.join(dir, 'film.ivf'), film.ivf);
    scores.push({ mouth, ...(await score(dir, begins)), lipsShare: film.lipsShare });
  }
  return scores;
}

/** Nobody draws: the mouth stays as the clip has it. */
const noLips: LipSync = {
  open: () => Promise.reject(new TritoneError('inference.no_model', { capability: 'lip-sync', language: 'en' })),
};

interface LipFilm extends Film {
  readonly lipsShare: number;
}

async function filmed(face: Face, chunks: readonly SynthesisChunk[], lipSync: LipSync): Promise<LipFilm> {
  await using cleanUp = new AsyncDisposableStack();
  const sfu = cleanUp.use(
    await Sfu.open({ workers: 1, workerBin: process.env.MEDIASOUP_WORKER_BIN, clock, log, metrics }),
  );
  const router = await sfu.openRouter();
  const threads = cleanUp.adopt(new PictureThreads({ clock }), (each) => each.close());
  const counted = { shown: 0, closed: 0 };
  const counter = (what: keyof typeof counted) => ({
    inc: () => {
      counted[what] += 1;
    },
  });
  const lipMetrics = { ...avatarMetrics(metrics), shown: counter('shown'), closed: counter('closed') };
  const pictures = new LipTrack({ face, lipSync, clock, log, metrics: lipMetrics });
  const { clip } = face;
  const media = cleanUp.use(
    await SyntheticMedia.open({
      router,
      face: { clip, pictures },
      openPictureEncoder: threads.open,
      clock,
      log,
      metrics,
    }),
  );
  const [sound = '', picture = ''] = media.tracks.map(({ trackId }) => trackId);
  const camera = cleanUp.use(await Camera.open(router, sound, picture));
  await sleep(LEAD_MS);
  const line = pictures.begin('speech');
  const converter = new VoiceSoundConverter();
  const sounds = [...chunks.map((chunk) => converter.convert(chunk)), converter.end()];
  const fed = media.audio.begin('speech');
  let shown = false;
  for (const { pcm, lipPcm, visemes } of sounds) {
    line.push(lipPcm, visemes);
    // As utterances do: a voice waits for its face, but not for long.
    if (!shown) await Promise.race([line.ready, sleep(READY_MS)]);
    shown = true;
    await fed.write(pcm);
  }
  line.end();
  await fed.end();
  await sleep(500);
  line.close();
  const lipsShare = counted.shown / Math.max(1, counted.shown + counted.closed);
  return { ...camera.develop(clip.size), lipsShare };
}

/** Sample of `heard` at which `spoken` begins, found by a second from the middle of it. */
function placeOf(spoken: Int16Array, heard: Int16Array): number {
  const from = PCM_RATE * 3;
  const { at } = locate(spoken.subarray(from, from + PCM_RATE), heard, from, from + LATEST_SAMPLES);
  return at - from;
}

async function score(dir: string, beginsSeconds: number): Promise<Omit<LipScore, 'mouth' | 'lipsShare'>> {
  const python = path.join(process.env.TRITONE_PYTHON_ENV ?? '', 'bin', 'python');
  const args = [path.join(dir, 'film.ivf'), path.join(dir, 'spoken.json'), '--begins', beginsSeconds.toFixed(3)];
  const { stdout } = await run(python, ['-m', 'bench.lips.recorded', ...args], { cwd: pythonDir });
  return JSON.parse(stdout) as Omit<LipScore, 'mouth' | 'lipsShare'>;
}
