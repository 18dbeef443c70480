import { TritoneError } from '../../../shared/errors.ts';
import { toCues } from './cues.ts';
import type { Transcript, TranscriptGap, TranscriptLine } from './transcript.ts';

/** Utterances of one speaker this close to each other are one paragraph of plain text. */
const PARAGRAPH_PAUSE_MS = 3000;

/** Formats that are text; `json` is the transcript itself. */
const texts = {
  vtt: { contentType: 'text/vtt; charset=utf-8', write: toVtt },
  srt: { contentType: 'application/x-subrip; charset=utf-8', write: toSrt },
  txt: { contentType: 'text/plain; charset=utf-8', write: toText },
} as const satisfies Record<string, { contentType: string; write: (transcript: Transcript) => string }>;

export type TextFormat = keyof typeof texts;
export type TranscriptFormat = 'json' | TextFormat;
export const transcriptFormats: readonly TranscriptFormat[] = ['json', 'vtt', 'srt', 'txt'];

/** @throws TritoneError `transcription.unknown_format` */
export function parseFormat(format: string): TranscriptFormat {
  const known = transcriptFormats.find((candidate) => candidate === format);
  if (known === undefined) throw new TritoneError('transcription.unknown_format', { format: format.slice(0, 20) });
  return known;
}

export function contentTypeOf(format: TextFormat): string {
  return texts[format].contentType;
}

export function writeTranscript(transcript: Transcript, format: TextFormat): string {
  return texts[format].write(transcript);
}

/** WebVTT with voice tags. @see https://www.w3.org/TR/webvtt1/ */
function toVtt({ lines }: Transcript): string {
  const cues = toCues(lines).map(({ speaker, startMs, endMs, lines: shown }) => {
    const text = shown.map(escapeVtt).join('\n');
    const voiced = speaker === undefined ? text : `<v ${escapeVtt(oneLine(speaker))}>${text}</v>`;
    return `${timestamp(startMs, '.')} --> ${timestamp(endMs, '.')}\n${voiced}\n`;
  });
  return ['WEBVTT\n', ...cues].join('\n');
}

/** SubRip knows no speakers: the name stands before the text. */
function toSrt({ lines }: Transcript): string {
  const cues = toCues(lines, { prefix: ({ speaker }) => (speaker === undefined ? '' : `${oneLine(speaker)}: `) });
  return cues
    .map(
      ({ startMs, endMs, lines: shown }, index) =>
        `${index + 1}\n${timestamp(startMs, ',')} --> ${timestamp(endMs, ',')}\n${shown.join('\n')}\n`,
    )
    .join('\n');
}

/** Paragraphs for reading, with what could not be captioned. */
function toText({ lines, gaps }: Transcript): string {
  const paragraphs = toParagraphs(lines).map(({ startMs, speaker, text }) => ({ startMs, text: said(speaker, text) }));
  const holes = gaps.map((gap) => ({ startMs: gap.startMs, text: said(gap.speaker, describe(gap)) }));
  return [...paragraphs, ...holes]
    .sort((a, b) => a.startMs - b.startMs)
    .map(({ startMs, text }) => `[${timestamp(startMs, '.').slice(0, -4)}] ${text}\n`)
    .join('');
}

function toParagraphs(lines: readonly TranscriptLine[]): TranscriptLine[] {
  const paragraphs: TranscriptLine[] = [];
  for (const line of lines) {
    const last = paragraphs.at(-1);
    const goesOn = last?.participantId === line.participantId && last.source === line.source;
    if (goesOn && line.startMs - last.endMs < PARAGRAPH_PAUSE_MS) {
      last.text = `${last.text} ${line.text}`;
      last.endMs = Math.max(last.endMs, line.endMs);
    } else {
      paragraphs.push({ ...line });
    }
  }
  return paragraphs;
}

const said = (speaker: string | undefined, text: string) =>
  oneLine(speaker === undefined ? text : `${speaker}: ${text}`);
const describe = ({ startMs, endMs }: TranscriptGap) => `(${Math.ceil((endMs - startMs) / 1000)} s not captioned)`;
const oneLine = (text: string) => text.replace(/\s+/gu, ' ').trim();

function escapeVtt(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** hh:mm:ss and three digits of ms after `point`. */
function timestamp(ms: number, point: '.' | ','): string {
  const whole = Math.max(0, Math.round(ms));
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const clock = [two(whole / 3_600_000), two((whole / 60_000) % 60), two((whole / 1000) % 60)].join(':');
  return `${clock}${point}${String(whole % 1000).padStart(3, '0')}`;
}
