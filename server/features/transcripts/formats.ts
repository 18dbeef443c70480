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
} as const satisfies Record<string, { contentType: string; write: (transcript: Transcript) => Generator<string> }>;

export type TextFormat = keyof typeof texts;
export type TranscriptFormat = 'json' | TextFormat;
export const transcriptFormats: readonly TranscriptFormat[] = ['json', 'vtt', 'srt', 'txt'];

/** @throws TritoneError `transcription.unknown_format` */
export function parseFormat(format: string): TranscriptFormat {
  const known = transcriptFormats.find((candidate) => candidate === format);
  if (known === undefined) throw new TritoneError('transcription.unknown_format', { format: format.slice(0, 20) });
  return known;
}

export function contentTypeOf(format: TranscriptFormat): string {
  return format === 'json' ? 'application/json; charset=utf-8' : texts[format].contentType;
}

/** The document in pieces, made as they are read: an hour of talk is too long for one turn of the event loop. */
export function writeTranscript(transcript: Transcript, format: TextFormat): Generator<string, void, void> {
  return texts[format].write(transcript);
}

/** WebVTT with voice tags. @see https://www.w3.org/TR/webvtt1/ */
function* toVtt({ lines }: Transcript): Generator<string, void, void> {
  yield 'WEBVTT\n';
  for (const { speaker, startMs, endMs, lines: shown } of toCues(lines)) {
    const text = shown.map(escapeVtt).join('\n');
    const voiced = speaker === undefined ? text : `<v ${escapeVtt(oneLine(speaker))}>${text}</v>`;
    yield `\n${timestamp(startMs, '.')} --> ${timestamp(endMs, '.')}\n${voiced}\n`;
  }
}

/** SubRip knows no speakers: the name stands before the text. */
function* toSrt({ lines }: Transcript): Generator<string, void, void> {
  const cues = toCues(lines, { prefix: ({ speaker }) => (speaker === undefined ? '' : `${oneLine(speaker)}: `) });
  let count = 0;
  for (const { startMs, endMs, lines: shown } of cues) {
    count += 1;
    const gap = count === 1 ? '' : '\n';
    yield `${gap}${count}\n${timestamp(startMs, ',')} --> ${timestamp(endMs, ',')}\n${shown.join('\n')}\n`;
  }
}

/** Paragraphs for reading, with what could not be captioned. */
function* toText({ lines, gaps }: Transcript): Generator<string, void, void> {
  let holes = gaps;
  let last: TranscriptLine | undefined;
  let endMs = 0;
  for (const line of lines) {
    const goesOn =
      last?.participantId === line.participantId && last.source === line.source && last.language === line.language;
    if (goesOn && line.startMs - endMs < PARAGRAPH_PAUSE_MS) {
      yield ` ${oneLine(line.text)}`;
      endMs = Math.max(endMs, line.endMs);
    } else {
      if (last !== undefined) yield '\n';
      const next = holes.findIndex(({ startMs }) => startMs >= line.startMs);
      const passed = next < 0 ? holes.length : next;
      yield* holes.slice(0, passed).map(toHole);
      holes = holes.slice(passed);
      yield `[${clockTime(line.startMs)}] ${said(line.speaker, line.text)}`;
      endMs = line.endMs;
    }
    last = line;
  }
  if (last !== undefined) yield '\n';
  yield* holes.map(toHole);
}

const said = (speaker: string | undefined, text: string) =>
  oneLine(speaker === undefined ? text : `${speaker}: ${text}`);
const toHole = ({ speaker, startMs, endMs }: TranscriptGap) =>
  `[${clockTime(startMs)}] ${said(speaker, `(${Math.ceil((endMs - startMs) / 1000)} s not captioned)`)}\n`;
const clockTime = (ms: number) => timestamp(ms, '.').slice(0, -4);
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
