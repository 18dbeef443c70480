import { ntpToMs } from './ntp.ts';
import { type RtpPacket, readExtension } from './rtpPacket.ts';

export const AUDIO_LEVEL_URI = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';
export const ABS_CAPTURE_TIME_URI = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time';

/** RFC 6464: -127 (silence) to 0 dBov. */
export function readAudioLevel(packet: RtpPacket, id: number | undefined): number | undefined {
  const level = id === undefined ? undefined : readExtension(packet, id)?.[0];
  return level === undefined ? undefined : -(level & 0x7f);
}

/** When the packet's first sample was captured, ms since the NTP epoch on the capturer's clock. */
export function readAbsCaptureTime(packet: RtpPacket, id: number | undefined): number | undefined {
  const data = id === undefined ? undefined : readExtension(packet, id);
  if (data === undefined || data.length < 8) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, 8);
  return ntpToMs(view.getUint32(0), view.getUint32(4));
}
