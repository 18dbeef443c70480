import { TritoneError } from '../../shared/errors.ts';
import type { Clock } from '../streams/clock.ts';
import type { ModelMetrics } from './modelMetrics.ts';
import type { SendOptions, Sequence } from './sequenceCall.ts';
import type { Tensor } from './tensors.ts';

/** While an answer is due something must come, be it an acknowledgement or an event. */
const SILENCE_DEADLINE_MS = 10_000;
/** Models and Triton forget sequences that say nothing for 20-30 s. */
const KEEP_ALIVE_MS = 8000;

export interface SequenceWatchOptions {
  readonly model: string;
  readonly sequence: Sequence;
  readonly clock: Clock;
  readonly metrics: ModelMetrics;
  /** How long the model may say nothing while an answer is due; 10 s unless given. */
  readonly silenceDeadlineMs?: number | undefined;
  /** Nothing was sent for 8 s and nothing is due: send a request without data. */
  readonly keepAlive: () => void;
}

/**
 * What every open sequence needs, whatever it carries: counts the requests that are not acknowledged, cancels with
 * `inference.timeout` where an answer is due and the model says nothing for too long, and asks for a sign of life in time.
 */
export class SequenceWatch {
  readonly #options: SequenceWatchOptions;
  #unacknowledged = 0;
  #started = false;
  #endSent = false;
  #stopped = false;
  #forgetSilence: (() => void) | undefined;
  #forgetKeepAlive: (() => void) | undefined;

  constructor(options: SequenceWatchOptions) {
    this.#options = options;
  }

  get started(): boolean {
    return this.#started;
  }

  get endSent(): boolean {
    return this.#endSent;
  }

  get unacknowledged(): number {
    return this.#unacknowledged;
  }

  /** Resolves when the request is acknowledged; the first, which never is, as soon as it is written. Never rejects. */
  async send(inputs: readonly Tensor[], options: SendOptions = {}): Promise<void> {
    const { clock, metrics, sequence, keepAlive } = this.#options;
    const first = !this.#started;
    this.#started = true;
    this.#endSent ||= options.end === true;
    this.#unacknowledged += 1;
    const sentAtMs = clock.nowMs();
    const acknowledged = sequence.send(inputs, options);
    this.#expectAnswer();
    this.#forgetKeepAlive?.();
    this.#forgetKeepAlive = clock.after(KEEP_ALIVE_MS, () => {
      if (!this.#stopped && !this.#endSent && this.#unacknowledged === 0) keepAlive();
    });
    await acknowledged;
    if (!first) metrics.ackMs.observe(clock.nowMs() - sentAtMs);
    this.#unacknowledged -= 1;
    this.heard();
  }

  /** The model lives; where more is due of it, its time starts anew. */
  heard(): void {
    this.#forgetSilence?.();
    this.#forgetSilence = undefined;
    if (this.#unacknowledged > 0 || this.#endSent) this.#expectAnswer();
  }

  /** The sequence is over. */
  stop(): void {
    this.#stopped = true;
    this.#forgetSilence?.();
    this.#forgetKeepAlive?.();
  }

  #expectAnswer(): void {
    if (this.#stopped) return;
    const { clock, model, sequence, silenceDeadlineMs: deadlineMs = SILENCE_DEADLINE_MS } = this.#options;
    this.#forgetSilence ??= clock.after(deadlineMs, () =>
      sequence.cancel(new TritoneError('inference.timeout', { model, deadlineMs })),
    );
  }
}
