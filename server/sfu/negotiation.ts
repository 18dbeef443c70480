import type { types } from 'mediasoup';
import { z } from 'zod';
import { TritoneError } from '../../shared/errors.ts';

/*
 * mediasoup packs numbers into its wire format as they are (a payload type of 300 becomes 44) and keeps names of any length.
 * So sizes and ranges are held here; what the structures mean is mediasoup's to judge. RFC 8866, RFC 3550, RFC 8285.
 */
const name = z.string().max(200);
const uint32 = z.number().int().min(0).max(0xffff_ffff);
const payloadType = z.number().int().min(0).max(127);
const bitrate = z.number().int().min(0).max(0xffff_ffff);

const parameters = z
  .record(
    z.string().max(100),
    z.union([z.string().max(1000), z.number().int().min(-0x8000_0000).max(0x7fff_ffff), z.boolean()]),
  )
  .refine((record) => Object.keys(record).length <= 50);
const rtcpFeedback = z.array(z.looseObject({ type: name, parameter: name.optional() })).max(30);
const codec = {
  mimeType: name.regex(/^(audio|video)\/[\w.-]+$/i),
  clockRate: z.number().int().min(1).max(1_000_000),
  channels: z.number().int().min(1).max(255).optional(),
  parameters: parameters.optional(),
  rtcpFeedback: rtcpFeedback.optional(),
};
const extensionId = z.number().int().min(1).max(255);

const rtpParametersSchema = z.looseObject({
  mid: z.string().max(100).optional(),
  codecs: z
    .array(z.looseObject({ ...codec, payloadType }))
    .min(1)
    .max(30),
  headerExtensions: z
    .array(
      z.looseObject({ uri: name, id: extensionId, encrypt: z.boolean().optional(), parameters: parameters.optional() }),
    )
    .max(40)
    .optional(),
  encodings: z
    .array(
      z.looseObject({
        ssrc: uint32.optional(),
        rid: z.string().max(100).optional(),
        codecPayloadType: payloadType.optional(),
        rtx: z.looseObject({ ssrc: uint32 }).optional(),
        dtx: z.boolean().optional(),
        scalabilityMode: z.string().max(50).optional(),
        scaleResolutionDownBy: z.number().min(1).max(1000).optional(),
        maxBitrate: bitrate.optional(),
      }),
    )
    .max(4)
    .optional(),
  rtcp: z
    .looseObject({
      cname: z.string().max(255).optional(),
      reducedSize: z.boolean().optional(),
      mux: z.boolean().optional(),
    })
    .optional(),
  msid: z.string().max(500).optional(),
});

const rtpCapabilitiesSchema = z.looseObject({
  codecs: z
    .array(z.looseObject({ ...codec, kind: z.enum(['audio', 'video']), preferredPayloadType: payloadType.optional() }))
    .max(100)
    .optional(),
  headerExtensions: z
    .array(
      z.looseObject({
        kind: z.enum(['audio', 'video']),
        uri: name,
        preferredId: extensionId,
        preferredEncrypt: z.boolean().optional(),
        direction: name.optional(),
      }),
    )
    .max(100)
    .optional(),
});

const dtlsParametersSchema = z.looseObject({
  role: z.enum(['auto', 'client', 'server']).optional(),
  fingerprints: z
    .array(
      z.looseObject({
        algorithm: z.enum(['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512']),
        value: z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){19,63}$/i),
      }),
    )
    .min(1)
    .max(8),
});

export const toRtpParameters = (value: unknown) => checked(rtpParametersSchema, value) as types.RtpParameters;
export const toRtpCapabilities = (value: unknown) => checked(rtpCapabilitiesSchema, value) as types.RtpCapabilities;
export const toDtlsParameters = (value: unknown) => checked(dtlsParametersSchema, value) as types.DtlsParameters;

function checked(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new TritoneError('media.not_negotiated', {
    problem: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'malformed'}`,
  });
}
