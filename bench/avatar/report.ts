import { markdownTable } from '../report/markdown.ts';
import type { Quantiles } from '../score/quantiles.ts';
import type { LadderStep } from './ladder.ts';
import { keeps } from './ladder.ts';
import type { LipScore } from './lips.ts';
import type { Firsts, Stall, Stops } from './moments.ts';
import type { SkewRun } from './skew.ts';
import type { SkewFigures } from './skewScore.ts';

export function momentsTable({ firsts, stops }: { firsts: Firsts; stops: Stops }): string {
  const more = stops.more.toSorted((a, b) => a - b);
  return markdownTable(
    ['what', 'ms, p50 / p95'],
    [
      ['first sound leaves', both(firsts.sound)],
      ['first lips leave', both(firsts.lips)],
      ['first sound at the viewer, from the request', both(firsts.heard)],
      ['first picture at a viewer who has just come', whole(firsts.joined)],
      [
        `sound after a stop, ${more.length} times: median / most`,
        `${whole(more[more.length >> 1])} / ${whole(more.at(-1))}`,
      ],
    ],
  );
}

export function ladderTable(steps: readonly LadderStep[]): string {
  const columns = [
    ...['avatars', 'fps: worst / mean', 'lips in time, %', 'voice: longest wait / missing, ms'],
    ...['CPU, % of a core: server', 'mediasoup', 'models', 'an avatar', 'bench', 'event loop p99, ms', '25 fps'],
  ];
  return markdownTable(columns, steps.map(ladderRow));
}

export function ladderRow(step: LadderStep): string[] {
  const { avatars, speaking, worstFps, meanFps, lipsShare, voice, cpu, benchCpuPercent, eventLoopP99Ms } = step;
  const { server = 0, mediasoup = 0, ...models } = cpu;
  const all = Object.values(cpu).reduce((sum, percent) => sum + percent, 0);
  return [
    `${avatars} ${speaking ? 'speaking' : 'silent'}`,
    `${worstFps.toFixed(1)} / ${meanFps.toFixed(1)}`,
    speaking ? (100 * lipsShare).toFixed(1) : '',
    `${whole(voice.longestMs)} / ${whole(voice.missingMs)}`,
    ...[server, mediasoup].map(whole),
    Object.entries(models)
      .filter(([, percent]) => percent >= 0.5)
      .map(([model, percent]) => `${model} ${whole(percent)}`)
      .join(', '),
    ...[all / avatars, benchCpuPercent, eventLoopP99Ms].map(whole),
    keeps(step) ? 'yes' : 'no',
  ];
}

export function stallTable({ seconds, voice, pausesMs, lipsBackMs, shownMeanwhile }: Stall): string {
  return markdownTable(
    [
      'lips stand still for',
      'voice: longest wait / missing, ms',
      'longest quiet, ms',
      'pictures with lips meanwhile',
      'lips back after, ms',
    ],
    [
      [
        `${seconds} s`,
        `${whole(voice.longestMs)} / ${whole(voice.missingMs)}`,
        whole(pausesMs),
        String(shownMeanwhile),
        whole(lipsBackMs),
      ],
    ],
  );
}

export const whole = (value: number | undefined) => value?.toFixed(0) ?? '';
const both = ({ p50, p95 }: Quantiles) => `${whole(p50)} / ${whole(p95)}`;

export function lipsTable(scores: readonly LipScore[]): string {
  return markdownTable(
    ['mouth', 'pictures', 'lips in time, %', 'r at once', 'best r', 'at lag, ms', 'p b m closed, %'],
    scores.map(({ mouth, pictures, lipsShare, atOnce, best, lagMs, closed }) => [
      ...[mouth, String(pictures), (100 * lipsShare).toFixed(0), atOnce.toFixed(2), best.toFixed(2), String(lagMs)],
      closed === null ? '' : (100 * closed).toFixed(0),
    ]),
  );
}

export function skewTable({ viewers }: SkewRun): string {
  const row = (what: string, { count, p50, p95, spread, slopePerHour }: SkewFigures) => [
    ...[what, String(count)],
    ...[p50, p95, spread, slopePerHour].map((value) => value?.toFixed(1) ?? ''),
  ];
  return markdownTable(
    ['picture behind sound, after 20 s', 'measures', 'p50, ms', 'p95, ms', 'IQR, ms', 'slope, ms an hour'],
    viewers.flatMap(({ seenFigures, toldFigures }, at) => [
      row(`viewer ${at + 1}: flash and beep in the page`, seenFigures),
      row(`viewer ${at + 1}: as the SDK tells`, toldFigures),
    ]),
  );
}
