import { markdownTable } from '../report/markdown.ts';
import { budgetFor, budgetLike, keeps } from '../score/budgets.ts';
import type { Quantiles } from '../score/quantiles.ts';
import type { Role } from '../system/load.ts';
import type { Measured } from './measured.ts';
import { PEER } from './peerRun.ts';

/** What people see. */
export function captionsTable(all: readonly Measured[]): string {
  return markdownTable(
    [
      ...['system', 'speakers', 'first text p50 / p95, ms', 'first right word, ms', 'final, ms', 'never final, %'],
      ...['WER, %', 'CER, %', 'unstable words per 100', 'in budget'],
    ],
    all.filter(({ speakers }) => speakers > 0).map(captionsRow),
  );
}

export function captionsRow({ system, speakers, summary }: Measured): string[] {
  return [
    ...[system, String(speakers), both(summary.firstText), both(summary.firstRightWord), both(summary.final)],
    ...[summary.neverFinal, summary.wordErrorRate, summary.characterErrorRate].map(one),
    whole(summary.unstableWordsPer100),
    keeps(summary, budgetFor(speakers)) ? 'yes' : 'no',
  ];
}

/** What it costs. No speakers: the server waits, warm. */
export function costTable(all: readonly Measured[]): string {
  return markdownTable(
    [
      ...['system', 'speakers', 'RTP to PCM p95, ms', 'event loop p99, ms', 'CPU, % of a core: Node', 'mediasoup'],
      ...[
        'Triton, or WhisperLive',
        'Node per speaker',
        'the bench',
        'others',
        'memory, MB: Node',
        'Triton, or WhisperLive',
      ],
    ],
    all.map(costRow),
  );
}

function costRow({ system, speakers, load, server, benchCpuPercent }: Measured): string[] {
  const cpu = (role: Role) => load.cpuPercent[role];
  const memory = load.samples.at(-1)?.residentMb ?? {};
  const node = cpu('node');
  return [
    ...[system, String(speakers)],
    server?.tapP95Ms === undefined ? '' : `≤ ${server.tapP95Ms}`,
    one(server?.eventLoopP99Ms),
    ...[node, cpu('mediasoup'), cpu('triton') ?? cpu('peer')].map(whole),
    node === undefined || speakers === 0 ? '' : one(node / speakers),
    whole(benchCpuPercent),
    whole(load.machineCpuPercent - sum(Object.values(load.cpuPercent)) - benchCpuPercent),
    ...[memory.node, memory.triton ?? memory.peer].map(whole),
  ];
}

/** How many speakers each system serves: within Tritone's budgets, and as fast as WhisperLive serves one. */
export function capacityLines(all: readonly Measured[]): string[] {
  const peerAlone = all.find(({ system, speakers }) => system === PEER && speakers === 1);
  return [...new Set(all.map(({ system }) => system))].map((system) => {
    const own = all.filter((step) => step.system === system && step.speakers > 0);
    const inBudget = most(own, ({ summary, speakers }) => keeps(summary, budgetFor(speakers)));
    const line = `- ${system}: ${inBudget} speakers inside the budgets`;
    if (peerAlone === undefined) return line;
    const asPeer = most(own, ({ summary }) => keeps(summary, budgetLike(peerAlone.summary)));
    return `${line}; ${asPeer} no more than a quarter slower than WhisperLive with one`;
  });
}

function most(own: readonly Measured[], fits: (step: Measured) => boolean): number {
  return Math.max(0, ...own.filter(fits).map(({ speakers }) => speakers));
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
export const both = ({ p50, p95 }: Quantiles) => (p50 === undefined ? '' : `${whole(p50)} / ${whole(p95)}`);
export const whole = (value: number | undefined) => value?.toFixed(0) ?? '';
export const one = (value: number | undefined) => value?.toFixed(1) ?? '';
