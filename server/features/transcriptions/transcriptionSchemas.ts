import { z } from 'zod';
import { captionWordSchema, spokenLanguageSchema } from '../../../shared/captions.ts';
import { jsonPieces } from '../transcripts/jsonPieces.ts';
import type { TranscriptLine } from '../transcripts/transcript.ts';
import { formatSchema } from '../transcripts/transcriptSchemas.ts';
import type { TranscriptionJob } from './transcriptionJob.ts';

export const transcriptionOptionsSchema = z.object({
  language: spokenLanguageSchema.default('auto').describe('Spoken language: a tag, or auto'),
  model: z.string().max(100).optional().describe("A model by name, instead of the catalogue's choice"),
  format: formatSchema,
});

/** Read as a stream, so nothing is checked here: this is for the OpenAPI document alone. */
export const uploadSchema = z.unknown().meta({
  type: 'object',
  required: ['file'],
  properties: { file: { type: 'string', format: 'binary', description: 'WAV, Ogg Opus, WebM or MP3' } },
});

export const spokenLineSchema = z.object({
  startMs: z.number(),
  endMs: z.number(),
  language: z.string(),
  text: z.string(),
  words: z.array(captionWordSchema),
});

export const transcriptionStateSchema = z.object({
  id: z.string(),
  status: z.enum(['running', 'done', 'failed', 'cancelled']),
  progressMs: z.number().describe('ms of the file that are done with'),
  durationMs: z.number().optional().describe('Length of the file, ms; estimated while it runs'),
  error: z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }).optional(),
});

export const transcriptionResultSchema = transcriptionStateSchema.extend({
  text: z.string(),
  lines: z.array(spokenLineSchema),
});

export function stateOf({ id, status, progressMs, durationMs, error }: TranscriptionJob) {
  return { id, status, progressMs, durationMs, error: error?.toBody() };
}

/** The result as JSON, in pieces: of an hour it is megabytes. */
export function resultPieces(job: TranscriptionJob): Generator<string, void, void> {
  const text = job.lines.map((line) => line.text).join(' ');
  return jsonPieces({ ...stateOf(job), text }, { lines: spokenLines(job) });
}

function* spokenLines({ lines }: TranscriptionJob): Generator<object, void, void> {
  for (const line of lines) yield spokenLine(line);
}

export function spokenLine({ startMs, endMs, language, text, words }: TranscriptLine) {
  return { startMs, endMs, language, text, words };
}
