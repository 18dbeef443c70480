import { primaryTag } from '../../../shared/captions.ts';
import type { Transcript, TranscriptLine } from './transcript.ts';

export interface ReadingWish {
  /** A tag; the language in which each line was spoken unless given. */
  readonly language?: string | undefined;
  /** The original stands beside its translation. */
  readonly bilingual?: boolean | undefined;
}

/** A transcript as it is read in one language; lines without a translation stay as they were spoken. */
export function readIn(transcript: Transcript, { language, bilingual = false }: ReadingWish): Transcript {
  if (language === undefined) return transcript;
  const tag = primaryTag(language);
  return { ...transcript, lines: transcript.lines.flatMap((line) => translated(line, tag, bilingual)) };
}

function translated(line: TranscriptLine, language: string, bilingual: boolean): TranscriptLine[] {
  const text = line.translations?.[language];
  if (text === undefined || primaryTag(line.language) === language) return [line];
  // When which word of it was spoken nobody knows: its time is that of the utterance.
  const translation = { ...line, language, text, words: [] };
  return bilingual ? [translation, line] : [translation];
}
