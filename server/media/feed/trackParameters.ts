import type { types } from 'mediasoup';
import { OPUS_CLOCK_RATE } from '../codecs/opusPacket.ts';
import { AUDIO_LEVEL_URI } from '../rtp/headerExtensions.ts';
import type { VideoCodec } from './pictureEncoder.types.ts';
import type { RtpOutput } from './rtpOutput.ts';

/** Ids within what the server itself sends; viewers are told their own. */
export const AUDIO_LEVEL_ID = 1;
export const SOUND_PAYLOAD_TYPE = 111;
export const PICTURE_PAYLOAD_TYPE = 96;
export const PICTURE_CLOCK_RATE = 90_000;

/** Opus of one voice: RFC 7587 writes two channels whatever is inside. */
export function soundParameters(output: RtpOutput, cname: string): types.RtpParameters {
  return {
    codecs: [
      {
        mimeType: 'audio/opus',
        payloadType: SOUND_PAYLOAD_TYPE,
        clockRate: OPUS_CLOCK_RATE,
        channels: 2,
        parameters: { useinbandfec: 1 },
        rtcpFeedback: [],
      },
    ],
    headerExtensions: [{ uri: AUDIO_LEVEL_URI, id: AUDIO_LEVEL_ID }],
    encodings: [{ ssrc: output.ssrc }],
    rtcp: { cname },
  };
}

const codecParameters: Readonly<Record<VideoCodec, Record<string, unknown>>> = {
  VP8: {},
  H264: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
};

/** Simulcast without temporal layers; `outputs` smallest first. Nothing is lost on the way in, so no NACK is wanted. */
export function pictureParameters(
  codec: VideoCodec,
  outputs: readonly RtpOutput[],
  cname: string,
): types.RtpParameters {
  return {
    codecs: [
      {
        mimeType: `video/${codec}`,
        payloadType: PICTURE_PAYLOAD_TYPE,
        clockRate: PICTURE_CLOCK_RATE,
        parameters: codecParameters[codec],
        rtcpFeedback: [
          { type: 'nack', parameter: 'pli' },
          { type: 'ccm', parameter: 'fir' },
        ],
      },
    ],
    headerExtensions: [],
    encodings: outputs.map(({ ssrc }) => ({ ssrc, scalabilityMode: 'L1T1' })),
    rtcp: { cname },
  };
}
