import type { Clip } from '../audio/clips.ts';
import { durationMs } from '../audio/timeline.ts';
import { markdownTable } from '../report/markdown.ts';
import { latenciesOf } from '../score/latency.ts';
import { type Quantiles, quantilesOf } from '../score/quantiles.ts';
import { finalsOf } from '../score/summary.ts';
import type { LoadSample } from '../system/load.ts';
import { TritoneServer } from '../tritone/server.ts';
import { nameOf, recogniser, timelines } from './ladder.ts';
import { both, whole } from './ladderReport.ts';
import type { Options } from './options.ts';
import { runOnTritone, type TritoneRun } from './tritoneRun.ts';

const MINUTE_MS = 60_000;
const DEFAULT_SPEAKERS = 2;

/** One minute of a long call. */
export interface SoakMinute {
  readonly system: string;
  readonly minute: number;
  readonly firstText: Quantiles;
  readonly final: Quantiles;
  readonly residentMb: LoadSample['residentMb'];
}

/** The same people talk for a long time: lag and memory of every minute. */
export async function soak(options: Options, clips: readonly Clip[]): Promise<SoakMinute[]> {
  const speakers = options.speakers?.[0] ?? DEFAULT_SPEAKERS;
  const said = timelines(options, clips, speakers);
  const rounds = Math.ceil((options.minutes * MINUTE_MS) / Math.max(...said.map(durationMs)));
  const minutes: SoakMinute[] = [];
  for (const model of options.models) {
    await using server = await TritoneServer.start(recogniser(options, model));
    const soaked = await runOnTritone(server, said, { language: options.language, rounds });
    minutes.push(...minutesOf(nameOf(options, model), soaked));
  }
  return minutes;
}

function minutesOf(system: string, { run, load }: TritoneRun): SoakMinute[] {
  const { startedAtMs, endedAtMs, recordings } = run;
  const latencies = recordings.flatMap(latenciesOf);
  return Array.from({ length: Math.ceil((endedAtMs - startedAtMs) / MINUTE_MS) }, (_, index) => {
    const fromMs = startedAtMs + index * MINUTE_MS;
    const own = latencies.filter(({ spoken }) => spoken.endMs >= fromMs && spoken.endMs < fromMs + MINUTE_MS);
    const sample = load.samples.findLast(({ atMs }) => atMs < fromMs + MINUTE_MS);
    return {
      system,
      minute: index + 1,
      firstText: quantilesOf(own.map(({ firstTextMs }) => firstTextMs)),
      final: finalsOf(own),
      residentMb: sample?.residentMb ?? {},
    };
  });
}

export function soakTable(minutes: readonly SoakMinute[]): string {
  return markdownTable(
    ['recogniser', 'minute', 'first text p50 / p95, ms', 'final, ms', 'memory, MB: Node', 'mediasoup', 'Triton'],
    minutes.map(({ system, minute, firstText, final, residentMb }) => [
      ...[system, String(minute), both(firstText), both(final)],
      ...[residentMb.node, residentMb.mediasoup, residentMb.triton].map(whole),
    ]),
  );
}
