import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AudioFeed } from '../../server/media/feed/feed.types.ts';
import { SyntheticMedia } from '../../server/media/feed/syntheticMedia.ts';
import { Sfu } from '../../server/sfu/sfu.ts';
import { systemClock } from '../../server/streams/clock.ts';
import { silentLog } from '../../server/streams/log.ts';
import { noMetrics } from '../../server/streams/metrics.ts';
import { processTree } from '../system/processTree.ts';

/** Joining and compiling are not what is measured. */
const WARM_UP_MS = 3000;

export interface FeedFigures {
  readonly voices: number;
  /** Whether they speak all the time, or are silent all the time. */
  readonly speaking: boolean;
  /** Of one core, encoding and pacing. */
  readonly nodePercent: number;
  readonly nodePercentPerVoice: number;
  readonly workerPercent: number;
  readonly loopDelayP99Ms: number;
  /** Media time that passed unsent, and sounds that came too late; of all voices. */
  readonly skippedMs: number;
  readonly underruns: number;
}

export interface FeedRun {
  readonly voices: number;
  readonly speaking: boolean;
  readonly seconds: number;
  /** Mono, 48 kHz; said again and again. */
  readonly speech: Int16Array;
}

/** Synthesized voices on a real worker, without a viewer: what speaking costs by itself. */
export async function measureFeeds({ voices, speaking, seconds, speech }: FeedRun): Promise<FeedFigures> {
  const options = { clock: systemClock, log: silentLog, metrics: noMetrics };
  await using sfu = await Sfu.open({ workers: 1, workerBin: process.env.MEDIASOUP_WORKER_BIN, ...options });
  const router = await sfu.openRouter();
  const openPictureEncoder = () => Promise.reject(new Error('voices have no face'));
  const media = await Promise.all(
    Array.from({ length: voices }, () => SyntheticMedia.open({ router, openPictureEncoder, ...options })),
  );
  const stop = new AbortController();
  const spoken = speaking ? media.map(({ audio }) => speak(audio, speech, stop.signal)) : [];
  await sleep(WARM_UP_MS);
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const [workerPid = 0] = sfu.workerPids;
  const before = { node: process.cpuUsage(), workerS: cpuSeconds(workerPid), atMs: performance.now() };
  await sleep(seconds * 1000);
  const { user, system } = process.cpuUsage(before.node);
  const elapsedS = (performance.now() - before.atMs) / 1000;
  const workerS = cpuSeconds(workerPid) - before.workerS;
  loop.disable();
  const nodePercent = (user + system) / 1e4 / elapsedS;
  stop.abort();
  const figures = {
    voices,
    speaking,
    nodePercent,
    nodePercentPerVoice: nodePercent / voices,
    workerPercent: (100 * workerS) / elapsedS,
    loopDelayP99Ms: loop.percentile(99) / 1e6,
    skippedMs: media.reduce((sum, { stats }) => sum + stats.skippedMs, 0),
    underruns: media.reduce((sum, { audio }) => sum + audio.stats.underruns, 0),
  };
  await Promise.all(media.map((one) => one.close()));
  await Promise.all(spoken);
  return figures;
}

async function speak(audio: AudioFeed, speech: Int16Array, signal: AbortSignal): Promise<void> {
  const utterance = audio.begin('speech');
  while (!signal.aborted) await utterance.write(speech);
}

function cpuSeconds(pid: number): number {
  return processTree(pid)[0]?.cpuSeconds ?? 0;
}
