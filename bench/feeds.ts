import { parseArgs } from 'node:util';
import { dataFile, hasTestData } from '../test/fixtures/testData.ts';
import { readWav, upsample } from '../test/fixtures/wav.ts';
import { type FeedFigures, measureFeeds } from './feeds/measure.ts';
import { markdownTable } from './report/markdown.ts';
import { writeResults } from './report/results.ts';
import { describeMachine } from './system/machine.ts';

const usage = `What it costs to speak: synthesized voices, paced, encoded and sent to a real mediasoup worker.

  npm run bench -- feeds [--voices 1,4,16] [--seconds 15] [--json FILE]

Budget: at most 2 % of a core a speaking voice.`;

const { values } = parseArgs({
  options: {
    voices: { type: 'string', default: '1,4,16' },
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
  const { pcm: speech } = upsample(await readWav(dataFile('speech/en/jfk.wav')), 3);
  const figures: FeedFigures[] = [];
  for (const voices of values.voices.split(',').map(Number)) {
    for (const speaking of [true, false]) {
      figures.push(await measureFeeds({ voices, speaking, seconds: Number(values.seconds), speech }));
    }
  }
  const rows = figures.map((one) => [
    `${one.voices} ${one.speaking ? 'speaking' : 'silent'}`,
    one.nodePercent.toFixed(1),
    one.nodePercentPerVoice.toFixed(2),
    one.workerPercent.toFixed(1),
    one.loopDelayP99Ms.toFixed(1),
    String(one.skippedMs),
    String(one.underruns),
  ]);
  const columns = ['voices', 'Node %', 'a voice', 'worker %', 'loop delay p99 ms', 'skipped ms', 'underruns'];
  console.log(
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${machine.date}; load average before: ${machine.loadBefore}`,
  );
  console.log(markdownTable(columns, rows));
  console.log(`All figures: ${await writeResults('feeds', { machine, figures }, values.json)}`);
}
