import { covers } from './latency.ts';
import { lastPieces, type Recording } from './recording.ts';
import { wordsOf } from './words.ts';

const GRAM = 4;

/** Runs of four words that stand more often in the captions of an utterance than it says them: doubled text, or a loop. */
export function repeatedFourGrams(recording: Recording): string[] {
  const { spoken, language } = recording;
  const pieces = lastPieces(recording);
  return spoken.flatMap((utterance) => {
    const hypothesis = pieces
      .filter((piece) => covers(piece, utterance))
      .flatMap(({ text }) => wordsOf(text, language));
    const said = gramCounts(wordsOf(utterance.text, language));
    return [...gramCounts(hypothesis)]
      .filter(([gram, count]) => count > Math.max(1, said.get(gram) ?? 0))
      .map(([gram]) => gram);
  });
}

function gramCounts(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (let start = 0; start + GRAM <= words.length; start += 1) {
    const gram = words.slice(start, start + GRAM).join(' ');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}
