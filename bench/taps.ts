import { parseArgs } from 'node:util';
import { dataFile, hasTestData } from '../test/fixtures/testData.ts';
import { markdownTable } from './report/markdown.ts';
import { writeResults } from './report/results.ts';
import { describeMachine } from './system/machine.ts';
import { measureTaps, type TapFigures } from './taps/measure.ts';

const usage = `What it costs to hear: speakers through plain RTP, a real mediasoup worker and a tap each.

  npm run bench -- taps [--speakers 1,10,30] [--seconds 15] [--json FILE]

Budgets: Node at most 1 % of a core a speaker; RTP in to PCM with 30 speakers p95 at most 30 ms.`;

const { values } = parseArgs({
  options: {
    speakers: { type: 'string', default: '1,10,30' },
    seconds: { type: 'string', default: '15' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(usage);
} else if (!hasTestData) {
  console.error('The test data is absent: set TRITONE_TEST_DATA to its folder.');
  process.exitCode = 1;
} else {
  const machine = describeMachine();
  const figures: TapFigures[] = [];
  for (const speakers of values.speakers.split(',').map(Number)) {
    figures.push(await measureTaps(speakers, Number(values.seconds), dataFile('speech/en/jfk.wav')));
  }
  const fixed = (value: number | undefined, digits = 1) => value?.toFixed(digits) ?? '';
  const rows = figures.map((one) => [
    String(one.speakers),
    fixed(one.nodePercent),
    fixed(one.nodePercentPerSpeaker, 2),
    fixed(one.workerPercent),
    fixed(one.sentToPcmMs.p50),
    fixed(one.sentToPcmMs.p95),
    fixed(one.sentToPcmMs.p99),
    fixed(one.loopDelayP99Ms),
    String(one.lostPackets),
  ]);
  const columns = [
    'speakers',
    'Node %',
    'a speaker',
    'worker %',
    'sent to PCM p50 ms',
    'p95',
    'p99',
    'loop delay p99 ms',
    'lost',
  ];
  console.log(
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${machine.date}; load average before: ${machine.loadBefore}`,
  );
  console.log(markdownTable(columns, rows));
  console.log(`All figures: ${await writeResults('taps', { machine, figures }, values.json)}`);
}
