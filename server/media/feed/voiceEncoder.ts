import { LiveOpusEncoder } from '../codecs/liveOpusEncoder.ts';

/** Measured: docs/media.md. */
const OPUS = { bitrate: 40_000, complexity: 5, expectedLossPercent: 10 };
/** After this many silent frames the encoder has forgotten what was before: its next packets would be alike. */
const SETTLED_FRAMES = 10;
/** RFC 6464. */
const SILENCE_DBOV = -127;

export interface EncodedSound {
  readonly payload: Uint8Array;
  /** -127 (silence) to 0. */
  readonly levelDbov: number;
}

/** One voice as Opus packets of 20 ms. Lasting silence costs nothing: one packet of it is sent again and again. */
export class VoiceEncoder {
  readonly #opus = new LiveOpusEncoder(OPUS);
  #silentFrames = 0;
  #silence: EncodedSound | undefined;

  /** `pcm`: INT16[960], 48 kHz. */
  encode(pcm: Int16Array): EncodedSound {
    const levelDbov = levelOf(pcm);
    this.#silentFrames = levelDbov === SILENCE_DBOV ? this.#silentFrames + 1 : 0;
    if (this.#silentFrames === 0) this.#silence = undefined;
    if (this.#silence !== undefined) return this.#silence;
    const encoded = { payload: this.#opus.encode(pcm), levelDbov };
    if (this.#silentFrames >= SETTLED_FRAMES) this.#silence = encoded;
    return encoded;
  }

  close(): void {
    this.#opus.close();
  }
}

function levelOf(pcm: Int16Array): number {
  let power = 0;
  for (const sample of pcm) power += sample * sample;
  if (power === 0) return SILENCE_DBOV;
  const rms = Math.sqrt(power / pcm.length) / 32_768;
  return Math.max(SILENCE_DBOV + 1, Math.min(0, Math.round(20 * Math.log10(rms))));
}
