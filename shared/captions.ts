import { z } from 'zod';

export { primaryTag } from './languageTag.ts';

/** A BCP 47 tag: `en`, `pt-BR`. */
export const languageTagSchema = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/);

/** A spoken language: a tag, or `auto`. */
export const spokenLanguageSchema = z.union([z.literal('auto'), languageTagSchema]);

/** What someone reads captions in: a tag, or the language in which each was spoken. */
export const captionLanguageSchema = z.union([z.literal('original'), languageTagSchema]);

export const captionSourceSchema = z.enum(['microphone', 'screen']);
export type CaptionSource = z.infer<typeof captionSourceSchema>;

/** One word of a final. Times are ms on the RoomClock. */
export const captionWordSchema = z.object({
  text: z.string(),
  startMs: z.number(),
  endMs: z.number(),
  confidence: z.number().min(0).max(1),
});
export type CaptionWord = z.infer<typeof captionWordSchema>;

/**
 * What one participant said in one utterance. A later `revision` of an `id` replaces the earlier one; after
 * `final` only a second pass by a bigger model may revise it. A final with an empty text retracts what was shown.
 */
export const captionSchema = z.object({
  id: z.string(),
  participantId: z.string(),
  source: captionSourceSchema,
  revision: z.number().int().nonnegative(),
  /** ms on the RoomClock. */
  startMs: z.number(),
  endMs: z.number(),
  language: z.string(),
  text: z.string(),
  /** Leading graphemes that three decodes agreed on; a final may still differ in 1-3 % of utterances. */
  stableChars: z.number().int().nonnegative(),
  words: z.array(captionWordSchema).optional(),
  final: z.boolean(),
  /** Who has corrected the text, by participant id. */
  editedBy: z.string().optional(),
  /** It could not be kept yet: a fault of the server's disk may lose it. */
  unsaved: z.boolean().optional(),
});
export type Caption = z.infer<typeof captionSchema>;
