import { z } from 'zod';
import { captionSchema, captionSourceSchema } from './captions.ts';
import { translationSchema } from './translations.ts';

export const trackKindSchema = z.enum(['audio', 'video']);
export const trackSourceSchema = z.enum(['microphone', 'camera', 'screen', 'screen-audio']);
export type TrackKind = z.infer<typeof trackKindSchema>;
export type TrackSource = z.infer<typeof trackSourceSchema>;

const participantFields = {
  participantId: z.string(),
  name: z.string(),
  /** Spoken language: a tag or `auto`. */
  language: z.string(),
};

/** What can stand in a call's log. All that a client knows of a room is a fold over these. */
export const logEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('participant-joined'), ...participantFields, synthetic: z.boolean() }),
  z.object({ type: z.literal('participant-updated'), ...participantFields }),
  z.object({ type: z.literal('participant-left'), participantId: z.string() }),
  z.object({
    type: z.literal('track-published'),
    trackId: z.string(),
    participantId: z.string(),
    kind: trackKindSchema,
    source: trackSourceSchema,
    paused: z.boolean(),
  }),
  z.object({ type: z.literal('track-updated'), trackId: z.string(), paused: z.boolean() }),
  z.object({ type: z.literal('track-closed'), trackId: z.string() }),
  z.object({ type: z.literal('caption'), caption: captionSchema }),
  z.object({ type: z.literal('translation'), translation: translationSchema }),
  /** Speech that was heard but could not be captioned. Times are ms on the RoomClock. */
  z.object({
    type: z.literal('caption-gap'),
    participantId: z.string(),
    source: captionSourceSchema,
    startMs: z.number(),
    endMs: z.number(),
    reason: z.enum(['overload', 'outage', 'packet-loss']),
  }),
  /** The participant speaks, but every slot of the recogniser is taken (or it is free again). */
  z.object({ type: z.literal('captions-waiting'), participantId: z.string(), waiting: z.boolean() }),
]);
export type LogEvent = z.infer<typeof logEventSchema>;
export type LogEventOf<T extends LogEvent['type']> = Extract<LogEvent, { type: T }>;

/** An event with its place in the call. `seq` starts at 1 and rises; revisions of a caption each take a new one. */
export const logEntrySchema = z.object({ seq: z.number().int().positive(), atMs: z.number(), event: logEventSchema });
export type LogEntry = z.infer<typeof logEntrySchema>;
