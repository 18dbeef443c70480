import type { Caption, CaptionSource, CaptionWord } from '../../../shared/captions.ts';
import type { LogEntry, LogEventOf } from '../../../shared/roomLog.ts';

/** A call that runs or ran, as the rooms keep it. */
export interface TranscriptCall {
  readonly callId: string;
  /** Ms since the epoch. */
  readonly startedAtMs: number;
  readonly endedAtMs: number | undefined;
  entries(): LogEntry[];
}

/** Where calls are kept: in memory for now. */
export interface CallStore {
  /** The calls of a room, oldest first, the running one last; none for a room that nobody ever opened. */
  calls(room: string): readonly TranscriptCall[];
  /** A call that has ended is remembered no more. */
  forget(room: string, callId: string): void;
}

/** One utterance. Times are ms since the call began. */
export interface TranscriptLine {
  participantId: string;
  /** Undefined where nobody has a name, as in a file. */
  speaker: string | undefined;
  source: CaptionSource;
  startMs: number;
  endMs: number;
  language: string;
  text: string;
  words: CaptionWord[];
  /** By primary tag. */
  translations?: Readonly<Record<string, string>>;
}

export type TranscriptGap = Omit<LogEventOf<'caption-gap'>, 'type'> & { speaker: string | undefined };

export interface Transcript {
  lines: TranscriptLine[];
  /** Speech that was heard but not captioned. */
  gaps: TranscriptGap[];
}

/** What was said in a call: finals only, in the order they were begun, under the name each speaker has last. */
export function readTranscript(entries: readonly LogEntry[]): Transcript {
  const names = new Map<string, string>();
  const captions = new Map<string, Caption>();
  const gaps: TranscriptGap[] = [];
  const translations = new Map<string, Record<string, string>>();
  for (const { event } of entries) {
    if (event.type === 'participant-joined' || event.type === 'participant-updated') {
      names.set(event.participantId, event.name);
    } else if (event.type === 'caption') {
      captions.set(event.caption.id, event.caption);
    } else if (event.type === 'translation') {
      const { captionId, language, text, final, failed } = event.translation;
      if (!final || failed !== undefined) continue;
      translations.set(captionId, { ...translations.get(captionId), [language]: text });
    } else if (event.type === 'caption-gap') {
      const { type: _, ...gap } = event;
      gaps.push({ ...gap, speaker: undefined });
    }
  }
  const lines = [...captions.values()]
    .filter(({ final, text }) => final && text !== '')
    .map((caption) => withTranslations(toLine(caption), translations.get(caption.id)));
  return {
    lines: lines
      .map((line) => ({ ...line, speaker: names.get(line.participantId) }))
      .sort((a, b) => a.startMs - b.startMs),
    gaps: gaps.map((gap) => ({ ...gap, speaker: names.get(gap.participantId) })).sort((a, b) => a.startMs - b.startMs),
  };
}

function withTranslations(line: TranscriptLine, translations: Record<string, string> | undefined): TranscriptLine {
  return translations === undefined ? line : { ...line, translations };
}

/** A final caption, of a speaker without a name. */
export function toLine({ participantId, source, startMs, endMs, language, text, words }: Caption): TranscriptLine {
  return { participantId, speaker: undefined, source, startMs, endMs, language, text, words: words ?? [] };
}
