import { z } from 'zod';
import { captionLanguageSchema, spokenLanguageSchema } from './captions.ts';
import type { ErrorBody } from './errors.ts';
import { limits, roomNamePattern } from './limits.ts';
import { logEntrySchema, trackKindSchema, trackSourceSchema } from './roomLog.ts';
import { roomKey } from './roomName.ts';

export { limits, PROTOCOL_VERSION } from './limits.ts';

/** Becomes what tells rooms apart. */
export const roomNameSchema = z
  .string()
  .regex(roomNamePattern, 'letters, digits, - and _ only')
  .max(limits.roomLength)
  .overwrite(roomKey);
/** Controls and bidirectional overrides could disturb other people's pages: they are taken out. */
const unseen = /[\p{Cc}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu;
/** Joiners stay: Indian scripts are written with them. */
const unseenInText = /[\p{Cc}\u200b\u2060\u2066-\u2069\u202a-\u202e\ufeff]/gu;
export const participantNameSchema = z
  .string()
  .max(10 * limits.nameLength)
  .transform((name) => name.replace(unseen, '').trim())
  .pipe(z.string().min(1).max(limits.nameLength));

const captionTextSchema = z
  .string()
  .max(limits.captionLength)
  .transform((text) => text.replace(unseenInText, '').replace(/\s+/gu, ' ').trim())
  .pipe(z.string().min(1));

/** mediasoup checks its own structures; here only their outer shape is held. */
const mediaStructure = z.record(z.string(), z.unknown());
const id = z.string().min(1).max(100);
const nothing = z.object({});

export const handshakeSchema = z.object({ protocol: z.number().int(), token: z.string().max(4096).optional() });

/** Why captions are there or not; shown in the page. */
export const captionsStatusSchema = z.object({
  state: z.enum(['starting', 'ready', 'away']),
  /** A sentence for people when the state is not `ready`. */
  reason: z.string().optional(),
  /** Spoken languages on offer. */
  languages: z.array(z.object({ tag: z.string(), experimental: z.boolean() })),
  /** Languages that captions can be read in, by what is spoken; `via` is one that the translation goes through. */
  translations: z
    .array(z.object({ source: z.string(), target: z.string(), experimental: z.boolean(), via: z.string().optional() }))
    .default([]),
});
export type CaptionsStatus = z.infer<typeof captionsStatusSchema>;

const transportOptions = z.object({
  transportId: id,
  iceParameters: mediaStructure,
  iceCandidates: z.array(mediaStructure),
  dtlsParameters: mediaStructure,
});

const joined = z.object({
  participantId: id,
  /** Hand it back in `resumeToken` to return as the same participant after a dropped connection. */
  resumeToken: z.string(),
  /** True when the participant was still held, with its transports and tracks. */
  resumed: z.boolean(),
  callId: z.string(),
  /** The call's log: all of it (superseded revisions left out), or what came after `since` of the same call. */
  entries: z.array(logEntrySchema),
  /** Reading on the RoomClock when the answer was made, ms. */
  nowMs: z.number(),
  /** Wall-clock time of RoomClock 0, ms since the epoch. */
  startedAtMs: z.number(),
  routerRtpCapabilities: mediaStructure,
  captions: captionsStatusSchema,
});

/** What a client may ask. Each is one socket.io event with an acknowledgement of type `Answer`. */
export const requests = {
  'room:join': {
    payload: z.object({
      room: roomNameSchema,
      name: participantNameSchema,
      language: spokenLanguageSchema.default('auto'),
      /** What captions are read in; the original unless given. */
      captionLanguage: captionLanguageSchema.optional(),
      since: z.object({ callId: z.string(), seq: z.number().int().nonnegative() }).optional(),
      resumeToken: z.string().max(200).optional(),
    }),
    value: joined,
  },
  'room:leave': { payload: nothing, value: nothing },
  'participant:update': {
    payload: z.object({
      name: participantNameSchema.optional(),
      language: spokenLanguageSchema.optional(),
      captionLanguage: captionLanguageSchema.optional(),
    }),
    value: nothing,
  },
  'transport:create': { payload: z.object({ direction: z.enum(['send', 'receive']) }), value: transportOptions },
  'transport:connect': { payload: z.object({ transportId: id, dtlsParameters: mediaStructure }), value: nothing },
  'transport:restart-ice': {
    payload: z.object({ transportId: id }),
    value: z.object({ iceParameters: mediaStructure }),
  },
  'track:publish': {
    payload: z.object({
      transportId: id,
      kind: trackKindSchema,
      source: trackSourceSchema,
      rtpParameters: mediaStructure,
      paused: z.boolean().default(false),
    }),
    value: z.object({ trackId: id }),
  },
  'track:pause': { payload: z.object({ trackId: id }), value: nothing },
  'track:resume': { payload: z.object({ trackId: id }), value: nothing },
  'track:close': { payload: z.object({ trackId: id }), value: nothing },
  /** Answered paused: resume when the element is ready. */
  'consumer:create': {
    payload: z.object({ transportId: id, trackId: id, rtpCapabilities: mediaStructure }),
    value: z.object({ consumerId: id, kind: trackKindSchema, rtpParameters: mediaStructure }),
  },
  'consumer:resume': { payload: z.object({ consumerId: id }), value: nothing },
  'consumer:pause': { payload: z.object({ consumerId: id }), value: nothing },
  'consumer:close': { payload: z.object({ consumerId: id }), value: nothing },
  /** The highest simulcast layers the tile can show: 0 is the smallest picture. */
  'consumer:layers': {
    payload: z.object({
      consumerId: id,
      spatialLayer: z.number().int().min(0).max(2),
      temporalLayer: z.number().int().min(0).max(2).optional(),
    }),
    value: nothing,
  },
  /** Corrects what a final says; everyone sees it, and who did it. */
  'caption:edit': {
    payload: z.object({ captionId: z.string().min(1).max(200), text: captionTextSchema }),
    value: nothing,
  },
  /** How much later an avatar's picture plays at this viewer than its sound, ms; negative where it leads. */
  'playout:report': {
    payload: z.object({ participantId: id, skewMs: z.number().min(-60_000).max(60_000) }),
    value: nothing,
  },
  'clock:read': { payload: nothing, value: z.object({ nowMs: z.number() }) },
} as const satisfies Record<string, { payload: z.ZodType; value: z.ZodType }>;

export type RequestName = keyof typeof requests;
export type RequestInput<N extends RequestName> = z.input<(typeof requests)[N]['payload']>;
export type RequestPayload<N extends RequestName> = z.output<(typeof requests)[N]['payload']>;
export type RequestValue<N extends RequestName> = z.output<(typeof requests)[N]['value']>;
export type Answer<N extends RequestName> = { ok: true; value: RequestValue<N> } | { ok: false; error: ErrorBody };

/** What the server tells without being asked. Only `log` must not be missed; `since` at the next join catches up. */
export const notices = {
  /** In order of `seq`. To a slow client only the latest revision of a caption is sent. */
  log: z.object({ callId: z.string(), entries: z.array(logEntrySchema) }),
  'active-speaker': z.object({ participantId: id.nullable() }),
  /** The router is gone with its worker: every transport must be made anew, every track published again. */
  'media:reset': z.object({ reason: z.string() }),
  'consumer:closed': z.object({ consumerId: id, trackId: id }),
  /** Connection quality, 0 (nothing arrives) to 10, of a received track. */
  'consumer:score': z.object({ consumerId: id, trackId: id, score: z.number().min(0).max(10) }),
  /** The same for what this client sends, as the server receives it. */
  'track:score': z.object({ trackId: id, score: z.number().min(0).max(10) }),
  'captions:status': captionsStatusSchema,
  /** The server ends the session: `room.closed`, or another page took this participant over. */
  ended: z.object({ code: z.string(), message: z.string() }),
} as const satisfies Record<string, z.ZodType>;

export type NoticeName = keyof typeof notices;
export type Notice<N extends NoticeName> = z.output<(typeof notices)[N]>;
