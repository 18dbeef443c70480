import { editDistance } from './editDistance.ts';
import { lastPieces, type Recording } from './recording.ts';
import { charactersOf, wordsOf } from './words.ts';

export interface Accuracy {
  readonly referenceWords: number;
  readonly wordErrors: number;
  readonly referenceCharacters: number;
  readonly characterErrors: number;
}

/** Errors of everything that stood on the screen at the end against everything that was said. */
export function accuracyOf(recording: Recording): Accuracy {
  const { spoken, language } = recording;
  const reference = spoken.flatMap(({ text }) => wordsOf(text, language));
  const hypothesis = lastPieces(recording).flatMap(({ text }) => wordsOf(text, language));
  const characters = charactersOf(reference);
  return {
    referenceWords: reference.length,
    wordErrors: editDistance(reference, hypothesis),
    referenceCharacters: characters.length,
    characterErrors: editDistance(characters, charactersOf(hypothesis)),
  };
}

/** Percent. */
export function wordErrorRate(parts: readonly Accuracy[]): number {
  return percent(sum(parts, 'wordErrors'), sum(parts, 'referenceWords'));
}

/** Percent. */
export function characterErrorRate(parts: readonly Accuracy[]): number {
  return percent(sum(parts, 'characterErrors'), sum(parts, 'referenceCharacters'));
}

function sum(parts: readonly Accuracy[], key: keyof Accuracy): number {
  return parts.reduce((total, part) => total + part[key], 0);
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}
