import { NoiseFloor } from './noiseFloor.ts';

export interface SpurtDetectorOptions {
  /** Loud time that opens a spurt, ms: longer than a click. */
  readonly openAfterMs: number;
  /** Quiet time that closes it, ms: longer than the model's own pause, so that the model ends utterances, not the detector. */
  readonly closeAfterMs: number;
  /** Loud is this far over the noise floor, dB. */
  readonly overFloorDb: number;
  /** An open spurt stays open this far below the opening threshold, dB. */
  readonly hysteresisDb: number;
  /** Nothing quieter than this is speech, dBov. */
  readonly lowestDbov: number;
  /** Anything louder than this may be speech, whatever the floor, dBov. */
  readonly highestDbov: number;
}

export const defaultSpurtDetector: SpurtDetectorOptions = {
  openAfterMs: 40,
  closeAfterMs: 1200,
  overFloorDb: 6,
  hysteresisDb: 3,
  lowestDbov: -60,
  highestDbov: -35,
};

/** Pauses between words are shorter. */
const TALKING_MS = 300;

export type SpurtChange = 'opened' | 'closed';

/**
 * Tells from levels alone when a model is worth asking. It errs on opening: the model's voice activity detection decides
 * what is speech; this only keeps silent participants from holding a slot.
 */
export class SpurtDetector {
  readonly #options: SpurtDetectorOptions;
  readonly #floor = new NoiseFloor();
  #open = false;
  #loudMs = 0;
  #quietMs = 0;

  constructor(options: SpurtDetectorOptions = defaultSpurtDetector) {
    this.#options = options;
  }

  get open(): boolean {
    return this.#open;
  }

  /** Somebody spoke a moment ago. */
  get talking(): boolean {
    return this.#open && this.#quietMs < TALKING_MS;
  }

  /** @param filled the chunk stands in for sound that was never sent: it is quiet, and says nothing of the background */
  hear(levelDbov: number, durationMs: number, filled = false): SpurtChange | undefined {
    const loud = !filled && levelDbov >= this.#threshold();
    if (!filled) this.#floor.hear(levelDbov, durationMs);
    return this.#open ? this.#hearOpen(loud, durationMs) : this.#hearClosed(loud, durationMs);
  }

  /** Mute, a stall or the end of the track closes at once. */
  close(): void {
    this.#open = false;
    this.#loudMs = 0;
  }

  #hearClosed(loud: boolean, durationMs: number): SpurtChange | undefined {
    this.#loudMs = loud ? this.#loudMs + durationMs : Math.max(0, this.#loudMs - durationMs);
    if (this.#loudMs < this.#options.openAfterMs) return undefined;
    this.#open = true;
    this.#quietMs = 0;
    return 'opened';
  }

  #hearOpen(loud: boolean, durationMs: number): SpurtChange | undefined {
    this.#quietMs = loud ? 0 : this.#quietMs + durationMs;
    if (this.#quietMs < this.#options.closeAfterMs) return undefined;
    this.close();
    return 'closed';
  }

  #threshold(): number {
    const { lowestDbov, highestDbov, overFloorDb, hysteresisDb } = this.#options;
    const floor = this.#floor.dbov ?? Number.NEGATIVE_INFINITY;
    const opening = Math.min(highestDbov, Math.max(lowestDbov, floor + overFloorDb));
    return this.#open ? opening - hysteresisDb : opening;
  }
}
