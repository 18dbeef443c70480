import { parseArgs } from 'node:util';
import { writeResults } from './report/results.ts';
import { Engine } from './speech/engine.ts';
import { type CapacityStep, climb, measureVoice, type VoiceFigures } from './speech/measure.ts';
import { capacityTable, voiceRow, voicesTable } from './speech/report.ts';
import { RECOGNISERS, sentencesOf } from './speech/sentences.ts';
import { describeMachine } from './system/machine.ts';

const usage = `How soon, how fast, how smooth and how clear voices speak, through the server's own way to the embedded Triton.

  npm run bench -- speech [--models piper,kokoro,espeak] [--language en] [--all] [--most 16] [--json FILE]

  --models     folders of model-repository
  --language   only this one
  --all        every voice, not one a model and language
  --most       voices at once; 0 leaves that part out

First audio: from the text to the first chunk. RTF: time taken by sound made. Gaps: what a listener waits in the middle of
a long text. WER and CER: what our recognisers (${Object.entries(RECOGNISERS)
  .map(([language, model]) => `${language}: ${model}`)
  .join(', ')}) understand of it; their own errors are in it.`;

const { values } = parseArgs({
  options: {
    models: { type: 'string', default: 'piper,kokoro,espeak' },
    language: { type: 'string' },
    all: { type: 'boolean', default: false },
    most: { type: 'string', default: '16' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(usage);
else await main();

async function main(): Promise<void> {
  const machine = describeMachine();
  const models = values.models.split(',');
  await using engine = await Engine.start([...models, ...Object.values(RECOGNISERS)]);
  const { inference } = engine;
  console.log(
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${machine.date}; load average before: ${machine.loadBefore}`,
  );
  for (const model of models) {
    const reason = engine.absent(model);
    if (reason !== undefined) console.log(`${model} is not measured: ${reason}`);
  }
  const isWanted = ({ language }: { language: string }) =>
    (values.language ?? language) === language && sentencesOf(language).length > 0;
  const voices = inference.textToSpeech.voices().filter(isWanted);
  const chosen = values.all
    ? voices
    : [...Map.groupBy(voices, ({ model, language }) => `${model} ${language}`).values()].flatMap((few) =>
        few.slice(0, 1),
      );
  const figures: VoiceFigures[] = [];
  for (const voice of chosen) {
    const one = await measureVoice(inference, voice);
    figures.push(one);
    console.log(voiceRow(one).join('  '));
  }
  const steps: CapacityStep[] = [];
  const loudest = [...Map.groupBy(chosen, ({ model }) => model).values()].flatMap((few) => few.slice(0, 1));
  for (const voice of loudest) steps.push(...(await climb(inference, voice, Number(values.most))));
  console.log(`\n${voicesTable(figures)}`);
  if (steps.length > 0) console.log(`\n${capacityTable(steps)}`);
  console.log(`\nAll figures: ${await writeResults('speech', { machine, figures, steps }, values.json)}`);
}
