import { randomInt } from 'node:crypto';
import { writeRtp } from '../rtp/writeRtp.ts';
import type { PayloadOutput } from './pictureEncoder.types.ts';

export interface RtpOutputOptions {
  readonly payloadType: number;
  /** Hz. */
  readonly clockRate: number;
}

/** One SSRC of a synthesized track: numbers and stamps packets. It outlives the producer that carries them. */
export class RtpOutput implements PayloadOutput {
  /** Never 0, which mediasoup takes for none. */
  readonly ssrc = randomInt(1, 2 ** 32);
  readonly payloadType: number;
  readonly #clockRate: number;
  /** RFC 3550 §5.1: both begin anywhere. */
  readonly #firstTimestamp = randomInt(2 ** 32);
  #sequence = randomInt(2 ** 15);
  #carry: ((datagram: Buffer) => void) | undefined;
  #packets = 0;
  #octets = 0;
  #begun = false;

  constructor({ payloadType, clockRate }: RtpOutputOptions) {
    this.payloadType = payloadType;
    this.#clockRate = clockRate;
  }

  get packets(): number {
    return this.#packets;
  }

  /** Of payload. */
  get octets(): number {
    return this.#octets;
  }

  /** Something was sent since it was last connected: reports of it make sense. */
  get begun(): boolean {
    return this.#begun;
  }

  connect(carry: (datagram: Buffer) => void): void {
    this.#carry = carry;
    this.#begun = false;
  }

  /** What is sent from now on is dropped. */
  disconnect(): void {
    this.#carry = undefined;
    this.#begun = false;
  }

  timestampAt(mediaMs: number): number {
    return (this.#firstTimestamp + Math.round((mediaMs * this.#clockRate) / 1000)) % 2 ** 32;
  }

  send(payloads: readonly Uint8Array[], mediaMs: number): void {
    for (const [index, payload] of payloads.entries()) this.#write(payload, mediaMs, index === payloads.length - 1);
  }

  /** One packet of sound. `extensions` in the one-byte form of RFC 8285. */
  sendSound(payload: Uint8Array, mediaMs: number, extensions: readonly (readonly [number, Uint8Array])[]): void {
    this.#write(payload, mediaMs, false, extensions);
  }

  #write(
    payload: Uint8Array,
    mediaMs: number,
    marker: boolean,
    extensions: readonly (readonly [number, Uint8Array])[] = [],
  ): void {
    if (this.#carry === undefined) return;
    const { payloadType, ssrc } = this;
    const timestamp = this.timestampAt(mediaMs);
    this.#carry(writeRtp({ payloadType, ssrc, sequence: this.#sequence, timestamp, marker, payload, extensions }));
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#packets += 1;
    this.#octets += payload.length;
    this.#begun = true;
  }
}
