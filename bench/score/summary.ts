import { accuracyOf, characterErrorRate, wordErrorRate } from './accuracy.ts';
import { latenciesOf, type UtteranceLatency } from './latency.ts';
import { type Quantiles, quantilesOf } from './quantiles.ts';
import type { Recording } from './recording.ts';
import { repeatedFourGrams } from './repeats.ts';
import { stabilityOf, unstableWordsPer100 } from './stability.ts';

/** What a run of some speakers comes to. Latencies in ms, rates in percent. */
export interface Summary {
  readonly utterances: number;
  readonly firstText: Quantiles;
  readonly firstRightWord: Quantiles;
  readonly final: Quantiles;
  /** The same of the first and the last third of the run: lag that grows shows here. */
  readonly finalEarly: Quantiles;
  readonly finalLate: Quantiles;
  /** Utterances that never became final, percent. */
  readonly neverFinal: number;
  readonly wordErrorRate: number;
  readonly characterErrorRate: number;
  readonly unstableWordsPer100: number;
  readonly repeatedFourGrams: readonly string[];
  /** Latest first: which sentences are late, whoever says them. */
  readonly sentences: readonly { readonly text: string; readonly final: Quantiles }[];
}

export function summarise(recordings: readonly Recording[]): Summary {
  const latencies = recordings.flatMap(latenciesOf).sort((a, b) => a.spoken.endMs - b.spoken.endMs);
  const third = Math.ceil(latencies.length / 3);
  const accuracies = recordings.map(accuracyOf);
  const final = finalsOf(latencies);
  return {
    utterances: latencies.length,
    firstText: quantilesOf(latencies.map(({ firstTextMs }) => firstTextMs)),
    firstRightWord: quantilesOf(latencies.map(({ firstRightWordMs }) => firstRightWordMs)),
    final,
    finalEarly: finalsOf(latencies.slice(0, third)),
    finalLate: finalsOf(latencies.slice(-third)),
    neverFinal: latencies.length === 0 ? 0 : 100 * (1 - final.count / latencies.length),
    wordErrorRate: wordErrorRate(accuracies),
    characterErrorRate: characterErrorRate(accuracies),
    unstableWordsPer100: unstableWordsPer100(recordings.map(stabilityOf)),
    repeatedFourGrams: recordings.flatMap(repeatedFourGrams),
    sentences: sentencesOf(latencies),
  };
}

function sentencesOf(latencies: readonly UtteranceLatency[]): Summary['sentences'] {
  return [...Map.groupBy(latencies, ({ spoken }) => spoken.text)]
    .map(([text, same]) => ({ text, final: finalsOf(same) }))
    .sort((a, b) => (b.final.p50 ?? 0) - (a.final.p50 ?? 0));
}

export function finalsOf(latencies: readonly UtteranceLatency[]): Quantiles {
  return quantilesOf(latencies.map(({ finalMs }) => finalMs));
}
