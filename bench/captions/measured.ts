import type { Run } from '../run/speakTimelines.ts';
import { type Summary, summarise } from '../score/summary.ts';
import type { LoadReport } from '../system/load.ts';

/** One system with so many speakers. */
export interface Measured {
  readonly system: string;
  readonly speakers: number;
  readonly summary: Summary;
  readonly load: LoadReport;
  readonly benchDelayP99Ms: number;
  readonly benchCpuPercent: number;
  /** What only the product's own metrics tell. */
  readonly server?: ServerFigures | undefined;
}

export interface ServerFigures {
  /** RTP in to PCM read: upper bound of the bucket. */
  readonly tapP95Ms: number | undefined;
  readonly eventLoopP99Ms: number | undefined;
  /** Speech that was marked as not captioned. */
  readonly gapMs: number;
  /** Sound dropped on its way to the model. */
  readonly droppedMs: number;
}

export interface MeasuredRun {
  readonly run: Run;
  readonly load: LoadReport;
  readonly server?: ServerFigures | undefined;
}

export function measured(system: string, { run, ...rest }: MeasuredRun): Measured {
  const { recordings, benchDelayP99Ms, benchCpuPercent } = run;
  return {
    system,
    speakers: recordings.length,
    summary: summarise(recordings),
    benchDelayP99Ms,
    benchCpuPercent,
    ...rest,
  };
}
