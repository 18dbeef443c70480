import { markdownTable } from '../report/markdown.ts';
import { budgetFor, budgetLike, keeps } from '../score/budgets.ts';
import type { Quantiles } from '../score/quantiles.ts';
import type { Role } from '../system/load.ts';
import type { Measured } from './measured.ts';

const columns = [
  'system',
  'speakers',
  'first text p50 / p95, ms',
  'first right word, ms',
  'final, ms',
  'never final, %',
  'WER, %',
  'CER, %',
  'unstable words per 100',
  'RTP to PCM p95, ms',
  'event loop p99, ms',
  'CPU, % of a core: Node + mediasoup + Triton',
  'the bench itself',
  'Node per speaker, %',
  'memory, MB: Node + Triton',
  'in budget',
];

export function ladderTable(all: readonly Measured[]): string {
  return markdownTable(columns, all.map(row));
}

function row({ system, speakers, summary, load, server, benchCpuPercent }: Measured): string[] {
  const cpu = (role: Role) => load.cpuPercent[role];
  const memory = load.samples.at(-1)?.residentMb ?? {};
  const ours = cpu('peer') === undefined;
  return [
    system,
    String(speakers),
    both(summary.firstText),
    both(summary.firstRightWord),
    both(summary.final),
    ...(speakers === 0
      ? ['', '', '', '']
      : [
          one(summary.neverFinal),
          one(summary.wordErrorRate),
          one(summary.characterErrorRate),
          whole(summary.unstableWordsPer100),
        ]),
    server?.tapP95Ms === undefined ? '' : `≤ ${server.tapP95Ms}`,
    one(server?.eventLoopP99Ms),
    ours ? [cpu('node'), cpu('mediasoup'), cpu('triton')].map(whole).join(' + ') : whole(cpu('peer')),
    whole(benchCpuPercent),
    ours && speakers > 0 ? one((cpu('node') ?? 0) / speakers) : '',
    ours ? [memory.node, memory.triton].map(whole).join(' + ') : whole(memory.peer),
    speakers === 0 ? 'idle' : keeps(summary, budgetFor(speakers)) ? 'yes' : 'no',
  ];
}

/** How many speakers each system serves: within Tritone's budgets, and as fast as WhisperLive serves one. */
export function capacityLines(all: readonly Measured[]): string[] {
  const peerAlone = all.find(({ system, speakers }) => system === 'WhisperLive' && speakers === 1);
  return [...new Set(all.map(({ system }) => system))].map((system) => {
    const own = all.filter((one) => one.system === system);
    const inBudget = most(own, ({ summary, speakers }) => keeps(summary, budgetFor(speakers)));
    const line = `${system}: ${inBudget} speakers inside the budgets`;
    if (peerAlone === undefined) return line;
    const asPeer = most(own, ({ summary }) => keeps(summary, budgetLike(peerAlone.summary)));
    return `${line}; ${asPeer} no more than a quarter slower than WhisperLive with one`;
  });
}

function most(own: readonly Measured[], fits: (one: Measured) => boolean): number {
  return Math.max(0, ...own.filter(fits).map(({ speakers }) => speakers));
}

export const both = ({ p50, p95 }: Quantiles) => `${whole(p50)} / ${whole(p95)}`;
export const whole = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(0));
export const one = (value: number | undefined) => (value === undefined ? '' : value.toFixed(1));
