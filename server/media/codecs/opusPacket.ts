/** RTP's clock for Opus whatever is inside, RFC 7587 §4.1. */
export const OPUS_CLOCK_RATE = 48_000;

/** RFC 6716 §3.1: samples of one frame at 48 kHz, by the configuration number of the TOC byte. */
const SILK_SAMPLES = [480, 960, 1920, 2880];
const HYBRID_SAMPLES = [480, 960];
const CELT_SAMPLES = [120, 240, 480, 960];

function frameSamples(toc: number): number {
  const config = toc >> 3;
  if (config < 12) return SILK_SAMPLES[config & 3] ?? 0;
  if (config < 16) return HYBRID_SAMPLES[config & 1] ?? 0;
  return CELT_SAMPLES[config & 3] ?? 0;
}

function frameCount(packet: Uint8Array): number {
  const [toc = 0, second = 0] = packet;
  const code = toc & 3;
  if (code === 3) return second & 0x3f;
  return code === 0 ? 1 : 2;
}

/** Length in samples at 48 kHz; 0 for what is not an Opus packet (120 ms at most, §3.4). */
export function opusDuration(packet: Uint8Array): number {
  if (packet.length === 0) return 0;
  const samples = frameSamples(packet[0] ?? 0) * frameCount(packet);
  return samples <= 5760 ? samples : 0;
}

/** Discontinuous transmission: a TOC with no frame data, or the two bytes that libopus sends (RFC 7587 §3.1.3). */
export function isDtx(packet: Uint8Array): boolean {
  return packet.length <= 2;
}

/** Whether a packet carries the frame before it at low rate: the LBRR flags of a SILK frame's header, RFC 6716 §4.2.3-4. */
export function hasInbandFec(packet: Uint8Array): boolean {
  const toc = packet[0] ?? 0;
  if (packet.length < 2 || toc >> 3 >= 16 || (toc & 3) !== 0) return false;
  const silkFrames = Math.max(1, frameSamples(toc) / 960);
  const header = packet[1] ?? 0;
  const mid = (header >> (7 - silkFrames)) & 1;
  const side = toc & 4 ? (header >> (6 - 2 * silkFrames)) & 1 : 0;
  return (mid | side) === 1;
}
