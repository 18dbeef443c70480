import type { Clip } from '../audio/clips.ts';
import { durationMs, type Timeline } from '../audio/timeline.ts';
import { markdownTable } from '../report/markdown.ts';
import { type Quantiles, quantilesOf } from '../score/quantiles.ts';
import type { Recording } from '../score/recording.ts';
import { type Summary, summarise } from '../score/summary.ts';
import { processTree } from '../system/processTree.ts';
import { TritoneServer } from '../tritone/server.ts';
import { nameOf, recogniser, timelines } from './ladder.ts';
import { both, one } from './ladderReport.ts';
import type { Options } from './options.ts';
import { runOnTritone } from './tritoneRun.ts';

/** Triton restarts, the models load and captions catch up in between. */
const BETWEEN_KILLS_MS = 25_000;
/** Long enough to have a middle. */
const SENTENCE_MS = 2500;

export interface KillFigures {
  readonly system: string;
  readonly kills: number;
  readonly without: Summary;
  readonly with: Summary;
  /** From a kill to the next text, ms. */
  readonly silence: Quantiles;
  readonly gapMs: number;
}

/** The same speech without and with kill -9 in the middle of sentences. */
export async function killTriton(options: Options, clips: readonly Clip[]): Promise<KillFigures[]> {
  const { language, kills, victim } = options;
  const said = timelines(options, clips, options.speakers?.[0] ?? 1);
  const [first] = said;
  if (first === undefined) return [];
  const moments = killMoments(first, kills);
  const rounds = Math.ceil(((moments.at(-1) ?? 0) + BETWEEN_KILLS_MS) / durationMs(first));
  const figures: KillFigures[] = [];
  for (const model of options.models) {
    await using server = await TritoneServer.start(recogniser(options, model));
    const calm = await runOnTritone(server, said, { language });
    const killedAtMs: number[] = [];
    const kill = () => {
      const victims = processTree(server.pid).filter(({ name }) => name.startsWith(victim));
      for (const { pid } of victims) process.kill(pid, 'SIGKILL');
      if (victims.length > 0) killedAtMs.push(performance.now());
    };
    const during = (startedAtMs: number) => {
      for (const moment of moments) setTimeout(kill, startedAtMs + moment - performance.now());
    };
    const { run, server: counted } = await runOnTritone(server, said, { language, rounds, during });
    figures.push({
      system: nameOf(options, model),
      kills: killedAtMs.length,
      without: summarise(calm.run.recordings),
      with: summarise(run.recordings),
      silence: quantilesOf(killedAtMs.map((atMs) => nextTextMs(run.recordings, atMs))),
      gapMs: counted.gapMs,
    });
  }
  return figures;
}

/** Middles of long sentences, far enough apart, ms from the beginning; the timeline is said as often as it takes. */
export function killMoments(timeline: Timeline, count: number): number[] {
  const sentences = timeline.spoken.filter(({ startMs, endMs }) => endMs - startMs >= SENTENCE_MS);
  if (sentences.length === 0) throw new Error('No sentence is long enough to be cut: raise --seconds');
  const moments: number[] = [];
  for (let round = 0; moments.length < count; round += 1) {
    for (const { startMs, endMs } of sentences) {
      const moment = round * durationMs(timeline) + (startMs + endMs) / 2;
      if (moments.length < count && moment - (moments.at(-1) ?? 0) >= BETWEEN_KILLS_MS) moments.push(moment);
    }
  }
  return moments;
}

function nextTextMs(recordings: readonly Recording[], atMs: number): number | undefined {
  const next = recordings.flatMap(({ shown }) => shown.find((one) => one.atMs > atMs)?.atMs ?? []);
  return next.length === 0 ? undefined : Math.min(...next) - atMs;
}

export function killTable(figures: readonly KillFigures[]): string {
  return markdownTable(
    [
      'recogniser',
      'kills',
      'WER without, %',
      'WER with, %',
      'repeated 4-grams',
      'no text for p50 / p95, ms',
      'gaps, ms',
    ],
    figures.map(({ system, kills, without, with: killed, silence, gapMs }) => [
      ...[system, String(kills), one(without.wordErrorRate), one(killed.wordErrorRate)],
      ...[String(killed.repeatedFourGrams.length), both(silence), String(Math.round(gapMs))],
    ]),
  );
}
