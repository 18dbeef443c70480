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
  translations: z.record(z.string(), z.string()).optional().describe('By language, as far as someone read it'),
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

export const searchQuerySchema = z.object({
  q: z.string().max(500).optional().describe('Words to look for, in any script'),
  speaker: z.string().max(100).optional().describe("Part of the speaker's name"),
  language: z.string().max(20).optional().describe('Tag of the language spoken'),
  fromMs: z.coerce.number().optional().describe('Said at or after, ms since the epoch'),
  toMs: z.coerce.number().optional().describe('Said before, ms since the epoch'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.string().max(300).optional().describe('`next` of the page before'),
});

export const searchPageSchema = z.object({
  hits: z.array(
    z.object({
      callId: z.string(),
      captionId: z.string(),
      participantId: z.string(),
      speaker: z.string().optional(),
      source: captionSourceSchema,
      ...spanFields,
      saidAtMs: z.number().describe('ms since the epoch'),
      language: z.string(),
      text: z.string(),
      revision: z.number().int(),
      translations: z.record(z.string(), z.string()),
    }),
  ),
  next: z.string().optional().describe('Ask for it in `after`; absent on the last page'),
});

/** A document in the text formats. */
export const textDocument = { schema: z.string() };
