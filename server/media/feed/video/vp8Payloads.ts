/** X=1; then I=1; then a PictureID of 15 bits (RFC 7741, 4.2). */
const DESCRIPTOR_BYTES = 4;
const START_OF_PARTITION = 0x10;
const PICTURE_IDS = 0x8000;

/**
 * VP8 frames as RTP payloads (RFC 7741). Nothing is said of temporal layers, as there are none; the PictureID lets a
 * router and a receiver tell a lost picture from one that never was.
 */
export class Vp8Payloads {
  #pictureId: number;

  constructor(firstPictureId = Math.floor(Math.random() * PICTURE_IDS)) {
    this.#pictureId = firstPictureId;
  }

  /** Payloads of about one size, `maxBytes` at most; the last one takes the marker. */
  split(frame: Uint8Array, maxBytes: number): Uint8Array[] {
    const count = Math.ceil(frame.length / (maxBytes - DESCRIPTOR_BYTES));
    const payloads: Uint8Array[] = [];
    for (let index = 0; index < count; index++) {
      const part = frame.subarray(
        Math.floor((index * frame.length) / count),
        Math.floor(((index + 1) * frame.length) / count),
      );
      const payload = new Uint8Array(DESCRIPTOR_BYTES + part.length);
      payload[0] = 0x80 | (index === 0 ? START_OF_PARTITION : 0);
      payload[1] = 0x80;
      payload[2] = 0x80 | (this.#pictureId >> 8);
      payload[3] = this.#pictureId & 0xff;
      payload.set(part, DESCRIPTOR_BYTES);
      payloads.push(payload);
    }
    this.#pictureId = (this.#pictureId + 1) % PICTURE_IDS;
    return payloads;
  }
}
