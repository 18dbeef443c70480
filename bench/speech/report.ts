import { markdownTable } from '../report/markdown.ts';
import { characterErrorRate, wordErrorRate } from '../score/accuracy.ts';
import type { CapacityStep, VoiceFigures } from './measure.ts';

export function voicesTable(all: readonly VoiceFigures[]): string {
  const columns = [
    ...['voice', 'language', 'first audio p50 / p95, ms', 'RTF', 'gaps (ms) in s of sound'],
    ...['heard by', 'WER, %', 'CER, %'],
  ];
  return markdownTable(columns, all.map(voiceRow));
}

export function voiceRow({ voice, language, firstAudio, realTimeFactor, playout, heard }: VoiceFigures): string[] {
  const { gaps, gapMs, soundMs } = playout;
  return [
    ...[voice, language, `${firstAudio.p50?.toFixed(0) ?? ''} / ${firstAudio.p95?.toFixed(0) ?? ''}`],
    realTimeFactor.toFixed(3),
    `${gaps} (${gapMs.toFixed(0)}) in ${(soundMs / 1000).toFixed(0)}`,
    ...(heard === undefined
      ? ['', '', '']
      : [heard.by, wordErrorRate(heard.accuracies).toFixed(1), characterErrorRate(heard.accuracies).toFixed(1)]),
  ];
}

export function capacityTable(steps: readonly CapacityStep[]): string {
  return markdownTable(
    ['voice', 'at once', 'RTF of the slowest', 'first audio p50 / p95, ms', 'gaps, ms'],
    steps.map(({ voice, together, realTimeFactor, firstAudio, gapMs }) => [
      ...[voice, String(together), realTimeFactor.toFixed(2)],
      `${firstAudio.p50?.toFixed(0) ?? ''} / ${firstAudio.p95?.toFixed(0) ?? ''}`,
      gapMs.toFixed(0),
    ]),
  );
}
