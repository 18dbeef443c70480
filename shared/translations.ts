import { z } from 'zod';
import { languageTagSchema } from './captions.ts';
import { errorTable } from './errors.ts';

const errorCodes = Object.keys(errorTable);

/** A caption in another language: an entry of its own that names the caption. */
export const translationSchema = z.object({
  captionId: z.string(),
  /** Of the caption that was translated; a later one replaces an earlier. */
  captionRevision: z.number().int().nonnegative(),
  language: languageTagSchema,
  /** Empty where it failed. */
  text: z.string(),
  /** Of a final; else of the stable part of what is being said. */
  final: z.boolean(),
  /** The language that it went through, where no model knows both. */
  via: z.string().optional(),
  /** Code of the error for which there is none; the original stands. */
  failed: z
    .string()
    .refine((code) => errorCodes.includes(code))
    .optional(),
});
export type CaptionTranslation = z.infer<typeof translationSchema>;
