import { monitorEventLoopDelay } from 'node:perf_hooks';
import { durationMs, type Timeline } from '../audio/timeline.ts';
import type { Recording, Shown, Spoken } from '../score/recording.ts';
import { pace, type Source } from './pacer.ts';

/** Speech begins this long after everyone is ready. */
const SETTLE_MS = 500;
/** The microphones stay open this long, so that the last finals can come. */
const DRAIN_MS = 6000;

/** Says one timeline in real time and gathers what is shown of it. */
export interface Speaker extends Source {
  readonly shown: readonly Shown[];
  /** What it was made to say begins at `atMs` (performance.now) and is said `rounds` times. */
  start(atMs: number, rounds: number): void;
  close(): void;
}

export interface Run {
  readonly recordings: readonly Recording[];
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** The bench's own event loop, p99 in ms: when it is late, so is the speech, and the figures are too good or too bad. */
  readonly benchDelayP99Ms: number;
  /** What the bench itself takes from the machine, percent of one core. */
  readonly benchCpuPercent: number;
}

export interface SpeakOptions {
  readonly language: string;
  /** How often each timeline is said. */
  readonly rounds?: number;
  /** Told when the speech begins (performance.now), some 500 ms ahead. */
  readonly during?: (startedAtMs: number) => void;
}

/** Lets `speakers[n]` say `timelines[n]`, all at once, and waits for the last words. */
export async function speakTimelines(
  speakers: readonly Speaker[],
  timelines: readonly Timeline[],
  { language, rounds = 1, during }: SpeakOptions,
): Promise<Run> {
  const delay = monitorEventLoopDelay({ resolution: 2 });
  delay.enable();
  const cpuBefore = process.cpuUsage();
  const startedAtMs = performance.now() + SETTLE_MS;
  for (const speaker of speakers) speaker.start(startedAtMs, rounds);
  during?.(startedAtMs);
  const longestMs = Math.max(0, ...timelines.map(durationMs));
  await pace(speakers, startedAtMs + rounds * longestMs + DRAIN_MS);
  delay.disable();
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    recordings: speakers.map(({ shown }, index) => ({
      language,
      spoken: spokenInRounds(timelines[index], { startedAtMs, rounds }),
      shown,
    })),
    startedAtMs,
    endedAtMs: startedAtMs + rounds * longestMs,
    benchDelayP99Ms: delay.percentile(99) / 1e6,
    benchCpuPercent: (user + system) / 10 / (performance.now() - startedAtMs + SETTLE_MS),
  };
}

function spokenInRounds(
  timeline: Timeline | undefined,
  { startedAtMs, rounds }: { startedAtMs: number; rounds: number },
): Spoken[] {
  if (timeline === undefined) return [];
  return Array.from({ length: rounds }, (_, round) => startedAtMs + round * durationMs(timeline)).flatMap((fromMs) =>
    timeline.spoken.map(({ text, startMs, endMs }) => ({ text, startMs: fromMs + startMs, endMs: fromMs + endMs })),
  );
}
