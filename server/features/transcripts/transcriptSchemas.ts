import { z } from 'zod';
import { captionSourceSchema, captionWordSchema } from '../../../shared/captions.ts';

/** What a format parameter takes; an unknown one is answered with its own error. */
export const formatSchema = z.string().max(20).default('json').describe('json, vtt, srt or txt');

const spanFields = {
  startMs: z.number().describe('ms since the call began'),
  endMs: z.number(),
};

export const transcriptLineSchema = z.object({
  participantId: z.string(),
  speaker: z.string().optional().describe('Name of who spoke'),
  source: captionSourceSchema,
  ...spanFields,
  language: z.string(),
  text: z.string(),
  words: z.array(captionWordSchema),
});

export const transcriptGapSchema = z.object({
  participantId: z.string(),
  speaker: z.string().optional(),
  source: captionSourceSchema,
  ...spanFields,
  reason: z.enum(['overload', 'outage', 'packet-loss']),
});

export const callSchema = z.object({
  callId: z.string(),
  startedAtMs: z.number().describe('ms since the epoch'),
  endedAtMs: z.number().optional().describe('ms since the epoch; absent while the call runs'),
});

export const callTranscriptSchema = callSchema.extend({
  room: z.string(),
  lines: z.array(transcriptLineSchema),
  gaps: z.array(transcriptGapSchema).describe('Speech that was heard but not captioned'),
});

/** A document in the text formats. */
export const textDocument = { schema: z.string() };
