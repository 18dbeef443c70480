const START_CODE = Buffer.from([0, 0, 1]);

const TYPE = 0x1f;
const IMPORTANCE = 0x60;
/** NAL unit types (ITU-T H.264, table 7-1) and those of RFC 6184. */
const SEI = 6;
const SPS = 7;
const PPS = 8;
const DELIMITER = 9;
const STAP_A = 24;
const FU_A = 28;
const FU_START = 0x80;
const FU_END = 0x40;
const FU_HEADER_BYTES = 2;

/**
 * H.264 pictures as RTP payloads of packetization mode 1 (RFC 6184): parameter sets together in one STAP-A before the
 * slices, by which routers know a key frame; what is too long in FU-A, the rest as it is. Delimiters and supplements stay out.
 */
export class H264Payloads {
  /** @param frame Annex B, one access unit. Payloads have `maxBytes` at most; the last one takes the marker. */
  split(frame: Uint8Array, maxBytes: number): Uint8Array[] {
    const units = nalUnits(frame).filter((unit) => !isType(unit, SEI) && !isType(unit, DELIMITER));
    const sets = units.filter((unit) => isType(unit, SPS) || isType(unit, PPS));
    const slices = units.filter((unit) => !sets.includes(unit));
    return [
      ...(sets.length > 1 ? [aggregate(sets)] : sets),
      ...slices.flatMap((unit) => (unit.length > maxBytes ? fragment(unit, maxBytes) : [unit])),
    ];
  }
}

const isType = (unit: Uint8Array, type: number) => ((unit[0] ?? 0) & TYPE) === type;

/** Of an Annex B stream. Zeros that end a unit belong to the next start code, or are padding. */
function nalUnits(stream: Uint8Array): Uint8Array[] {
  const bytes = Buffer.from(stream.buffer, stream.byteOffset, stream.byteLength);
  const units: Uint8Array[] = [];
  let start = bytes.indexOf(START_CODE);
  while (start !== -1) {
    const from = start + START_CODE.length;
    const next = bytes.indexOf(START_CODE, from);
    let end = next === -1 ? bytes.length : next;
    while (end > from && bytes[end - 1] === 0) end -= 1;
    if (end > from) units.push(bytes.subarray(from, end));
    start = next;
  }
  return units;
}

function aggregate(units: readonly Uint8Array[]): Uint8Array {
  const importance = Math.max(...units.map((unit) => (unit[0] ?? 0) & IMPORTANCE));
  const sizes = units.map((unit) => Buffer.from([unit.length >> 8, unit.length & 0xff]));
  return Buffer.concat([
    Buffer.from([importance | STAP_A]),
    ...units.flatMap((unit, index) => [sizes[index] ?? Buffer.alloc(0), unit]),
  ]);
}

function fragment(unit: Uint8Array, maxBytes: number): Uint8Array[] {
  const header = unit[0] ?? 0;
  const body = unit.subarray(1);
  const count = Math.ceil(body.length / (maxBytes - FU_HEADER_BYTES));
  return Array.from({ length: count }, (_, index) => {
    const part = body.subarray(
      Math.floor((index * body.length) / count),
      Math.floor(((index + 1) * body.length) / count),
    );
    const edges = (index === 0 ? FU_START : 0) | (index === count - 1 ? FU_END : 0);
    return Buffer.concat([Buffer.from([(header & ~TYPE) | FU_A, edges | (header & TYPE)]), part]);
  });
}
