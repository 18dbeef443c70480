import { readClips } from './audio/clips.ts';
import { killTable, killTriton } from './captions/killsRun.ts';
import { climb } from './captions/ladder.ts';
import { capacityLines, captionsRow, captionsTable, costTable } from './captions/ladderReport.ts';
import { listenToNoise, noiseTable } from './captions/noiseRun.ts';
import { type Options, readOptions, usage } from './captions/options.ts';
import { soak, soakTable } from './captions/soakRun.ts';
import { writeSection } from './report/docs.ts';
import { writeResults } from './report/results.ts';
import { describeMachine, type Machine } from './system/machine.ts';

// Ends through the exit hooks of what was started.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main().catch((cause: unknown) => {
  console.error(cause instanceof Error ? cause.message : cause);
  return 1;
});

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(usage);
    return 0;
  }
  const machine = describeMachine();
  const where = sentenceOf(machine);
  console.log(`${where}\n`);
  const { table, figures } = await measure(options);
  console.log(`\n${table}\n`);
  const file = await writeResults(`captions-${options.mode}`, { machine, options, figures }, options.json);
  console.log(`All figures: ${file}`);
  const command = `npm run bench -- captions ${process.argv.slice(2).join(' ')}`.trimEnd();
  if (options.docs) await writeSection(options.mode, `\`${command}\` on ${where}.\n\n${table}`);
  return 0;
}

async function measure(options: Options): Promise<{ table: string; figures: object }> {
  if (options.mode === 'noise') {
    const figures = await listenToNoise(options);
    return { table: noiseTable(figures), figures };
  }
  const clips = await readClips(options.language);
  if (options.mode === 'soak') {
    const figures = await soak(options, clips);
    return { table: soakTable(figures), figures };
  }
  if (options.mode === 'kills') {
    const figures = await killTriton(options, clips);
    return { table: killTable(figures), figures };
  }
  const figures = await climb({ options, clips, tell: (step) => console.log(captionsRow(step).join('  ')) });
  return { table: [captionsTable(figures), '', costTable(figures), '', ...capacityLines(figures)].join('\n'), figures };
}

function sentenceOf({ cpu, cores, memoryGib, node, date, loadBefore }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryGib} GiB, Node ${node}, ${date}; load average before the run ${loadBefore}`;
}
