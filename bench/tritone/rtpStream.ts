import { randomInt } from 'node:crypto';
import { type RTCDtlsTransport, RtcpSenderInfo, RtcpSrPacket, RtpHeader } from 'werift';
import { FRAME_MS, type OpusFrame } from '../audio/opusFrames.ts';

const PAYLOAD_TYPE = 111;
const AUDIO_LEVEL_ID = 10;
/** RFC 7587: Opus counts at 48 kHz. */
const TICKS_A_FRAME = 48 * FRAME_MS;
/** Browsers report a little after the first packet, then about every 5 s (RFC 3550 §6.2). */
const FIRST_REPORT_MS = 1000;
const REPORT_EVERY_MS = 5000;
const NTP_EPOCH_S = 2_208_988_800;

/** Sends Opus frames as one RTP stream in real time, with the level of each and sender reports. */
export class RtpStream {
  readonly #ssrc = randomInt(1, 2 ** 31);
  readonly #firstTimestamp = randomInt(2 ** 31);
  #sequenceNumber = randomInt(2 ** 15);
  #packets = 0;
  #octets = 0;
  #nextReportMs = FIRST_REPORT_MS;
  #marker = true;

  /** As `track:publish` wants them. */
  get rtpParameters(): Record<string, unknown> {
    return {
      codecs: [
        {
          ...{ mimeType: 'audio/opus', payloadType: PAYLOAD_TYPE, clockRate: 48_000, channels: 2 },
          parameters: { useinbandfec: 1, usedtx: 1, minptime: 10 },
        },
      ],
      headerExtensions: [{ uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: AUDIO_LEVEL_ID }],
      encodings: [{ ssrc: this.#ssrc }],
      rtcp: { cname: `bench-${this.#ssrc}` },
    };
  }

  /** Frame `index` of the stream; one without a payload takes its time and sends nothing. */
  send(dtls: RTCDtlsTransport, frame: OpusFrame, index: number): void {
    const timestamp = (this.#firstTimestamp + index * TICKS_A_FRAME) % 2 ** 32;
    this.#report(dtls, index, timestamp);
    // RFC 3551 §4.1: the first packet after a silence carries the marker.
    if (frame.payload === undefined) {
      this.#marker = true;
      return;
    }
    const level = Math.min(127, -frame.levelDbov) | (frame.levelDbov > -50 ? 0x80 : 0);
    const header = new RtpHeader({
      ...{ payloadType: PAYLOAD_TYPE, sequenceNumber: this.#sequenceNumber, timestamp, ssrc: this.#ssrc },
      ...{ marker: this.#marker, extension: true, extensionProfile: 0xbede },
      extensions: [{ id: AUDIO_LEVEL_ID, payload: Buffer.from([level]) }],
    });
    this.#sequenceNumber = (this.#sequenceNumber + 1) % 2 ** 16;
    this.#marker = false;
    this.#packets += 1;
    this.#octets += frame.payload.length;
    void dtls.sendRtp(frame.payload, header);
  }

  /** Wall clock and RTP clock side by side; the frame's last sample is just spoken. */
  #report(dtls: RTCDtlsTransport, index: number, timestamp: number): void {
    if (index * FRAME_MS < this.#nextReportMs) return;
    this.#nextReportMs += REPORT_EVERY_MS;
    const wallMs = performance.timeOrigin + performance.now();
    const seconds = BigInt(Math.floor(wallMs / 1000) + NTP_EPOCH_S);
    const senderInfo = new RtcpSenderInfo({
      ntpTimestamp: (seconds << 32n) | BigInt(Math.floor(((wallMs % 1000) / 1000) * 2 ** 32)),
      rtpTimestamp: (timestamp + TICKS_A_FRAME) % 2 ** 32,
      packetCount: this.#packets,
      octetCount: this.#octets,
    });
    void dtls.sendRtcp([new RtcpSrPacket({ ssrc: this.#ssrc, senderInfo })]);
  }
}
