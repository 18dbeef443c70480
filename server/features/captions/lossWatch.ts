import { PCM_RATE, type PcmChunk } from '../../media/pcmChunk.ts';

/** Shorter holes cost no word: the tap conceals most, and the model hears past the rest. */
const LEAST_LOSS_SAMPLES = 0.5 * PCM_RATE;

/** A stretch of the track, in samples. */
export interface Loss {
  startSample: number;
  endSample: number;
}

/**
 * Tells speech that never arrived from speakers who pause. Sound that breaks off in the middle of talk and comes back
 * later was lost on its way where packets are missing; a browser that was too busy to send has lost nothing.
 */
export class LossWatch {
  #startSample: number | undefined;
  #filling = true;

  /** A loss, once sound has come back after it. @param talking there was speech right before the chunk */
  hear({ origin, levelDbov, startSample, afterLoss }: PcmChunk, talking: boolean): Loss | undefined {
    const filled = origin === 'silence' && levelDbov === undefined;
    const began = filled && !this.#filling;
    this.#filling = filled || origin === 'silence';
    if (began && talking) this.#startSample = startSample;
    if (filled || this.#startSample === undefined) return undefined;
    const loss = { startSample: this.#startSample, endSample: startSample };
    this.#startSample = undefined;
    return afterLoss && origin !== 'silence' && loss.endSample - loss.startSample >= LEAST_LOSS_SAMPLES
      ? loss
      : undefined;
  }

  /** The sender said that nothing comes. */
  forget(): void {
    this.#startSample = undefined;
    this.#filling = true;
  }
}
