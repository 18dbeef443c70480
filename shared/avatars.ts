import { z } from 'zod';
import { languageTagSchema } from './captions.ts';
import { errorCodes } from './errors.ts';
import { BUNDLED_AVATAR_ID } from './limits.ts';
import { participantNameSchema } from './protocol.ts';

export { avatarLimits, BUNDLED_AVATAR_ID } from './limits.ts';

export const voiceSchema = z.object({
  /** `kokoro/hf_alpha`: model and voice. */
  id: z.string(),
  model: z.string(),
  name: z.string(),
  language: z.string(),
  experimental: z.boolean(),
});
export type VoiceInfo = z.infer<typeof voiceSchema>;

/** A face that is prepared and stored. */
export const avatarSchema = z.object({
  avatarId: z.string(),
  name: z.string(),
  kind: z.enum(['bundled', 'portrait', 'video']),
  /** Of a frame, pixels; frames are square. */
  size: z.number().int(),
  fps: z.number(),
  /** Ms since the epoch. */
  createdAtMs: z.number(),
  /** What was confirmed when the picture came, and when; absent for the bundled portrait. */
  consent: z.object({ statement: z.string(), atMs: z.number() }).optional(),
});
export type AvatarInfo = z.infer<typeof avatarSchema>;

/** Puts an avatar into a room. */
export const placeAvatarSchema = z.object({
  name: participantNameSchema,
  /** A stored face; null is a voice without a face. */
  avatarId: z.string().max(100).nullable().default(BUNDLED_AVATAR_ID),
  /** An id of the voices; the best for the language unless given. */
  voice: z.string().max(200).optional(),
  language: languageTagSchema.default('en'),
});
export type PlaceAvatar = z.input<typeof placeAvatarSchema>;

export const placedAvatarSchema = z.object({
  participantId: z.string(),
  name: z.string(),
  avatarId: z.string().nullable(),
  voice: z.string(),
  language: z.string(),
  state: z.enum(['idle', 'speaking']),
  /** Texts that wait behind the one that is being said. */
  waiting: z.number().int(),
});
export type PlacedAvatar = z.infer<typeof placedAvatarSchema>;

export const saySchema = z.object({
  text: z.string(),
  /** 0.5 (slow) to 2. */
  speed: z.number().min(0.5).max(2).default(1),
  /** Answer when all of it was heard, not as soon as it is accepted. */
  wait: z.boolean().default(false),
});
export type Say = z.input<typeof saySchema>;

export const utteranceSchema = z.object({
  utteranceId: z.string(),
  state: z.enum(['waiting', 'speaking', 'said', 'cut', 'failed']),
  /** Of the text, what has been heard up to now. */
  heardText: z.string(),
  /** Since the first text came; absent until then. */
  firstSoundMs: z.number().optional(),
  firstFrameMs: z.number().optional(),
  /** Why it failed. */
  error: z.object({ code: z.enum(errorCodes), message: z.string(), retryable: z.boolean() }).optional(),
});
export type UtteranceInfo = z.infer<typeof utteranceSchema>;
