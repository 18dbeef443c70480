/**
 * What the newest sound of a spurt is. `talk`: speech, or what may be; `pause`: it has grown quiet, an utterance may be
 * about to end; `silence`: the sender has announced that nothing comes.
 */
export type SpurtState = 'talk' | 'pause' | 'silence';

/** One stretch of talk on a track's time line, in samples. It grows until it is ended. */
export class TalkSpurt {
  /** Pre-roll included. */
  readonly startSample: number;
  /** Where it was noticed. */
  readonly onsetSample: number;
  #heardSample: number;
  #state: SpurtState = 'talk';
  #ended = false;
  #waiter: { readonly isDue: () => boolean; readonly resolve: () => void } | undefined;

  constructor(startSample: number, onsetSample: number = startSample) {
    this.startSample = startSample;
    this.onsetSample = onsetSample;
    this.#heardSample = startSample;
  }

  /** One past the newest sample that belongs to it. */
  get endSample(): number {
    return this.#heardSample;
  }

  get state(): SpurtState {
    return this.#state;
  }

  get ended(): boolean {
    return this.#ended;
  }

  hear(untilSample: number, state: SpurtState = 'talk'): void {
    if (this.#ended) return;
    this.#heardSample = Math.max(this.#heardSample, untilSample);
    this.#state = state;
    if (this.#waiter?.isDue() === true) this.#wake();
  }

  /** It holds what was heard so far, and no more. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Resolves once it holds `untilSample`, has ended, or `signal` aborts. For one waiter at a time. */
  reached(untilSample: number, signal: AbortSignal): Promise<void> {
    return this.until(() => this.#heardSample >= untilSample, signal);
  }

  /** Resolves once `isDue` (asked whenever something was heard), it has ended, or `signal` aborts. For one waiter at a time. */
  async until(isDue: () => boolean, signal: AbortSignal): Promise<void> {
    if (isDue() || this.#ended || signal.aborted) return;
    const wake = () => this.#wake();
    signal.addEventListener('abort', wake, { once: true });
    await new Promise<void>((resolve) => {
      this.#waiter = { isDue, resolve };
    });
    signal.removeEventListener('abort', wake);
  }

  #wake(): void {
    this.#waiter?.resolve();
    this.#waiter = undefined;
  }
}
