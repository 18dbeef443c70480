import { AvatarServer } from './avatar/avatarServer.ts';
import { climb, type LadderStep } from './avatar/ladder.ts';
import { type LipScore, measureLips } from './avatar/lips.ts';
import { type Firsts, measureMoments, type Stall, type Stops, stall } from './avatar/moments.ts';
import { type Options, readOptions, usage } from './avatar/options.ts';
import { ladderRow, ladderTable, lipsTable, momentsTable, skewTable, stallTable } from './avatar/report.ts';
import { measureSkew, type SkewRun } from './avatar/skew.ts';
import { writeResults } from './report/results.ts';
import { describeMachine } from './system/machine.ts';

const STALL_SECONDS = 10;
const TIMES = 8;

// Ends through the exit hooks of what was started.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main().catch((cause: unknown) => {
  console.error(cause instanceof Error ? cause.message : cause);
  return 1;
});

interface Figures {
  skew?: SkewRun;
  moments?: { readonly firsts: Firsts; readonly stops: Stops };
  ladder?: readonly LadderStep[];
  stall?: Stall;
  lips?: readonly LipScore[];
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(usage);
    return 0;
  }
  const machine = describeMachine();
  console.log(
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${machine.date}; load average before: ${machine.loadBefore}`,
  );
  const figures: Figures = {};
  if (options.skew) {
    figures.skew = await measureSkew(options.seconds);
    console.log(`\n${skewTable(figures.skew)}`);
  } else {
    await measureServer(options, figures);
    if (options.parts.includes('lips')) {
      figures.lips = await measureLips(options.voice, options.lips);
      console.log(`\n${lipsTable(figures.lips)}`);
    }
  }
  const name = options.skew ? 'avatar-skew' : 'avatar';
  console.log(`\nAll figures: ${await writeResults(name, { machine, options, figures }, options.json)}`);
  return 0;
}

async function measureServer(options: Options, figures: Figures): Promise<void> {
  const { parts, voice, lips, counts, seconds } = options;
  if (!parts.some((part) => part !== 'lips')) return;
  const [voiceModel = ''] = voice.split('/');
  const models = [voiceModel, 'avatar_prepare', lips];
  await using server = await AvatarServer.start(models);
  const stage = { server, voice, lipSync: lips };
  if (parts.includes('moments')) {
    figures.moments = await measureMoments(stage, TIMES);
    console.log(`\n${momentsTable(figures.moments)}`);
  }
  if (parts.includes('stall')) {
    figures.stall = await stall(stage, STALL_SECONDS);
    console.log(`\n${stallTable(figures.stall)}`);
  }
  if (parts.includes('ladder')) {
    const tell = (step: LadderStep) => console.log(ladderRow(step).join('  '));
    figures.ladder = await climb({ server, models, voice, counts, seconds, tell });
    console.log(`\n${ladderTable(figures.ladder)}`);
  }
}
