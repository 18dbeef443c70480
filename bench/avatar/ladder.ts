import { setTimeout as sleep } from 'node:timers/promises';
import { growth, scrape } from '../system/scrape.ts';
import type { AvatarServer, SpokenAvatar } from './avatarServer.ts';
import { type CpuByPart, cpuByPart, cpuPercent } from './cpu.ts';
import { RoomViewer } from './roomViewer.ts';
import { PAGE } from './texts.ts';
import { continuityOf, picturesIn, type VoiceContinuity } from './watched.ts';

const WARM_UP_MS = 4000;
const FPS = 25;
/** Below it 25 fps is broken: more than one picture in fifty is missing. */
const LEAST_FPS = 0.98 * FPS;
/** Of the pictures during speech; what is missing is a closed mouth while the voice speaks. */
const LEAST_LIPS = 0.95;
const PICTURES = 'tritone_avatar_pictures_total';

export interface LadderStep {
  readonly avatars: number;
  readonly speaking: boolean;
  /** Pictures a second that a viewer gets: of the avatar that fares worst, and on average. */
  readonly worstFps: number;
  readonly meanFps: number;
  /** Share of the pictures during speech whose lips were drawn in time. */
  readonly lipsShare: number;
  /** Of the voice that fares worst. */
  readonly voice: VoiceContinuity;
  /** Percent of a core: `server`, `mediasoup`, `triton`, and each model. */
  readonly cpu: CpuByPart;
  readonly benchCpuPercent: number;
  readonly eventLoopP99Ms: number | undefined;
}

export interface LadderOptions {
  readonly server: AvatarServer;
  readonly models: readonly string[];
  readonly voice: string;
  readonly counts: readonly number[];
  readonly seconds: number;
  /** Called after each step. */
  readonly tell: (step: LadderStep) => void;
}

/** More and more avatars that all speak, watched by one viewer, until 25 fps break; first one that is silent. */
export async function climb({ counts, tell, ...options }: LadderOptions): Promise<LadderStep[]> {
  const steps: LadderStep[] = [];
  for (const [avatars, speaking] of [[1, false] as const, ...counts.map((count) => [count, true] as const)]) {
    const step = await watch(options, avatars, speaking);
    steps.push(step);
    tell(step);
    if (!keeps(step)) break;
  }
  return steps;
}

export function keeps({ worstFps, lipsShare, speaking }: LadderStep): boolean {
  return worstFps >= LEAST_FPS && (!speaking || lipsShare >= LEAST_LIPS);
}

async function watch(
  { server, models, voice, seconds }: Omit<LadderOptions, 'counts' | 'tell'>,
  avatars: number,
  speaking: boolean,
): Promise<LadderStep> {
  const room = `bench-${Math.random().toString(36).slice(2)}`;
  const viewer = await RoomViewer.join(server.url, room);
  const placed: SpokenAvatar[] = [];
  try {
    for (let at = 0; at < avatars; at += 1) placed.push(await server.place(room, { name: `Avatar ${at + 1}`, voice }));
    await sleep(WARM_UP_MS);
    if (speaking) await Promise.all(placed.map((avatar) => avatar.say(PAGE, false)));
    await sleep(WARM_UP_MS);
    viewer.clear();
    const before = { metrics: await scrape(server.url), cpu: cpuByPart(server.pid, models), own: process.cpuUsage() };
    const fromMs = performance.now();
    await sleep(seconds * 1000);
    const toMs = performance.now();
    const { user, system } = process.cpuUsage(before.own);
    const cpu = cpuPercent(before.cpu, cpuByPart(server.pid, models), toMs - fromMs);
    const metrics = await scrape(server.url);
    const rates = viewer.tracks
      .filter(({ kind }) => kind === 'video')
      .map(({ packets }) => (1000 * picturesIn(packets, fromMs, toMs)) / (toMs - fromMs));
    const voices = viewer.tracks.filter(({ kind }) => kind === 'audio').map(({ packets }) => continuityOf(packets));
    const lips = (state: string) => {
      const series = `${PICTURES}{lips="${state}"}`;
      return (metrics.get(series) ?? 0) - (before.metrics.get(series) ?? 0);
    };
    return {
      avatars,
      speaking,
      worstFps: rates.length < avatars ? 0 : Math.min(...rates),
      meanFps: rates.reduce((sum, rate) => sum + rate, 0) / avatars,
      lipsShare: lips('shown') / Math.max(1, growth(before.metrics, metrics, PICTURES)),
      voice: {
        longestMs: Math.max(0, ...voices.map(({ longestMs }) => longestMs)),
        p99Ms: Math.max(0, ...voices.map(({ p99Ms }) => p99Ms)),
        missingMs: Math.max(0, ...voices.map(({ missingMs }) => missingMs)),
      },
      cpu,
      benchCpuPercent: (user + system) / 10 / (toMs - fromMs),
      eventLoopP99Ms: metrics.get('tritone_event_loop_delay_p99_ms'),
    };
  } finally {
    viewer.close();
    await Promise.all(placed.map((avatar) => avatar.leave()));
  }
}
