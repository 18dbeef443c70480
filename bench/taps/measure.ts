import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { types } from 'mediasoup';
import { AudioTap } from '../../server/media/audioTap.ts';
import type { MediaRouter } from '../../server/sfu/mediaRouter.types.ts';
import { Sfu } from '../../server/sfu/sfu.ts';
import { systemClock } from '../../server/streams/clock.ts';
import { silentLog } from '../../server/streams/log.ts';
import { noMetrics } from '../../server/streams/metrics.ts';
import { quantilesOf } from '../score/quantiles.ts';
import type { SpeakersOrder } from './speakers.ts';

const PAYLOAD_TYPE = 111;
const FIRST_SSRC = 5000;
/** Joining and compiling are not what is measured. */
const WARM_UP_S = 3;
/** Of /proc/PID/stat. */
const TICKS_PER_S = 100;

export interface TapFigures {
  readonly speakers: number;
  /** Of one core. */
  readonly nodePercent: number;
  readonly nodePercentPerSpeaker: number;
  readonly workerPercent: number;
  /** From the moment a packet should have left its sender until its PCM is read. */
  readonly sentToPcmMs: {
    readonly p50: number | undefined;
    readonly p95: number | undefined;
    readonly p99: number | undefined;
  };
  readonly loopDelayP99Ms: number;
  readonly lostPackets: number;
}

/** Speakers through plain RTP, a real worker and one tap each. */
export async function measureTaps(speakers: number, seconds: number, wav: string): Promise<TapFigures> {
  const options = { clock: systemClock, log: silentLog, metrics: noMetrics };
  await using sfu = await Sfu.open({ workers: 1, workerBin: process.env.MEDIASOUP_WORKER_BIN, ...options });
  const inner = await sfu.openRouter();
  const producers = new Map<string, types.Producer>();
  const router: MediaRouter = Object.assign(Object.create(inner) as MediaRouter, {
    router: inner.router,
    producer: (trackId: string) => producers.get(trackId),
  });
  const targets: { port: number; ssrc: number }[] = [];
  for (let index = 0; index < speakers; index += 1) {
    const { producer, port, ssrc } = await openIngest(inner.router, FIRST_SSRC + index);
    producers.set(producer.id, producer);
    targets.push({ port, ssrc });
  }
  const { signal } = new AbortController();
  const roomNowMs = () => performance.now();
  const taps = await Promise.all(
    [...producers.keys()].map((trackId) => AudioTap.open({ router, trackId, roomNowMs, signal, ...options })),
  );

  const order: SpeakersOrder = {
    wav,
    speakers: targets,
    payloadType: PAYLOAD_TYPE,
    seconds: seconds + WARM_UP_S,
    opus: { bitrate: 32_000 },
  };
  const child = fork(new URL('./speakers.ts', import.meta.url));
  child.send(order);
  const [{ startMs }] = (await once(child, 'message')) as [{ startMs: number }];
  const delays: number[] = [];
  const reading = taps.map((tap) => readDelays(tap, startMs, delays));

  await new Promise((resolve) => setTimeout(resolve, WARM_UP_S * 1000));
  delays.length = 0;
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const [workerPid = 0] = sfu.workerPids;
  const before = { node: process.cpuUsage(), worker: await cpuSeconds(workerPid), atMs: performance.now() };
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const { user, system } = process.cpuUsage(before.node);
  const elapsedS = (performance.now() - before.atMs) / 1000;
  const workerS = (await cpuSeconds(workerPid)) - before.worker;
  loop.disable();
  if (child.exitCode === null) await once(child, 'exit');
  await Promise.all(taps.map((tap) => tap.close()));
  await Promise.all(reading);
  const nodePercent = (user + system) / 1e4 / elapsedS;
  return {
    speakers,
    nodePercent,
    nodePercentPerSpeaker: nodePercent / speakers,
    workerPercent: (100 * workerS) / elapsedS,
    sentToPcmMs: quantilesOf(delays),
    loopDelayP99Ms: loop.percentile(99) / 1e6,
    lostPackets: taps.reduce((sum, { stats }) => sum + stats.lostPackets, 0),
  };
}

async function openIngest(router: types.Router, ssrc: number) {
  const transport = await router.createPlainTransport({
    listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
    rtcpMux: true,
    comedia: true,
  });
  const producer = await transport.produce({
    kind: 'audio',
    rtpParameters: {
      codecs: [
        {
          mimeType: 'audio/opus',
          payloadType: PAYLOAD_TYPE,
          clockRate: 48_000,
          channels: 2,
          parameters: { useinbandfec: 1 },
        },
      ],
      encodings: [{ ssrc }],
    },
  });
  return { producer, port: transport.tuple.localPort, ssrc };
}

async function readDelays(tap: AudioTap, startMs: number, delays: number[]): Promise<void> {
  for await (const { startSample, pcm, origin } of tap.chunks) {
    if (origin !== 'heard') continue;
    // The first packet may not be the clip's first: only whole packets are counted from there.
    const spokenMs = startMs + (startSample + pcm.length) / 16;
    delays.push(performance.timeOrigin + performance.now() - spokenMs);
  }
}

async function cpuSeconds(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}
