/** One stretch of talk on a track's time line, in samples. It grows until it is ended. */
export class TalkSpurt {
  /** Pre-roll included. */
  readonly startSample: number;
  /** Where it was noticed. */
  readonly onsetSample: number;
  #heardSample: number;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(startSample: number, onsetSample: number = startSample) {
    this.startSample = startSample;
    this.onsetSample = onsetSample;
    this.#heardSample = startSample;
  }

  /** One past the newest sample that belongs to it. */
  get endSample(): number {
    return this.#heardSample;
  }

  get ended(): boolean {
    return this.#ended;
  }

  hear(untilSample: number): void {
    if (this.#ended) return;
    this.#heardSample = Math.max(this.#heardSample, untilSample);
    this.#wake?.();
  }

  /** It holds what was heard so far, and no more. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Resolves once it holds `untilSample`, has ended, or `signal` aborts. For one waiter at a time. */
  async reached(untilSample: number, signal: AbortSignal): Promise<void> {
    const wake = () => this.#wake?.();
    signal.addEventListener('abort', wake, { once: true });
    while (this.#heardSample < untilSample && !this.#ended && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    signal.removeEventListener('abort', wake);
    this.#wake = undefined;
  }
}
