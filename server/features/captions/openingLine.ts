import { TritoneError } from '../../../shared/errors.ts';
import type { SpeechStream, SpeechToText, SpeechToTextRequest } from '../../inference/speechToText.types.ts';
import type { Clock } from '../../streams/clock.ts';
import { onAbort } from '../../streams/onAbort.ts';

/** While every slot is taken, those who wait try again this often. */
const RETRY_MS = 500;

export interface OpeningPlace {
  request: () => SpeechToTextRequest;
  /** Active speakers come first. */
  isActive: () => boolean;
  /** Asked before each try; false gives the place up. */
  isWanted: () => boolean;
  /** Told once, when the first try found every slot taken. */
  onWaiting: () => void;
  signal: AbortSignal;
}

interface Waiter {
  readonly place: OpeningPlace;
  readonly settle: (outcome: Promise<SpeechStream | undefined>) => void;
}

/**
 * Where talkers wait for a slot of the recogniser: active speakers first, then who came first.
 * Bounded by its callers, who hold one place a track.
 */
export class OpeningLine {
  readonly #speechToText: SpeechToText;
  readonly #clock: Clock;
  /** In order of arrival. */
  readonly #waiters = new Set<Waiter>();
  /** Streams that only wait for finals to be bettered, oldest first. */
  readonly #givingWay = new Set<SpeechStream>();
  #forgetRetry: (() => void) | undefined;
  #serving = false;

  constructor(speechToText: SpeechToText, clock: Clock) {
    this.#speechToText = speechToText;
    this.#clock = clock;
  }

  /** How many wait. */
  get length(): number {
    return this.#waiters.size;
  }

  /**
   * Undefined when the place was given up or its signal aborted.
   * @throws TritoneError whatever opening throws, save `inference.busy`
   */
  async open(place: OpeningPlace): Promise<SpeechStream | undefined> {
    if (this.#waiters.size === 0) {
      const stream = await this.#tryOpen(place);
      if (stream !== 'busy') return stream;
    }
    if (place.signal.aborted) return undefined;
    place.onWaiting();
    return this.#wait(place);
  }

  /** Its speaker is done: where every slot is taken, it is closed for who talks now. The answer forgets it. */
  givesWay(stream: SpeechStream): () => void {
    this.#givingWay.add(stream);
    return () => this.#givingWay.delete(stream);
  }

  /** A slot may be free: those who wait try at once. */
  slotFreed(): void {
    if (this.#waiters.size > 0) void this.#serve();
  }

  #wait(place: OpeningPlace): Promise<SpeechStream | undefined> {
    return new Promise((resolve) => {
      const leave = onAbort(place.signal, () => waiter.settle(Promise.resolve(undefined)));
      const waiter: Waiter = {
        place,
        settle: (outcome) => {
          this.#waiters.delete(waiter);
          leave();
          resolve(outcome);
        },
      };
      this.#waiters.add(waiter);
      if (this.#waiters.size > 1) void this.#serve();
      else this.#retryLater();
    });
  }

  async #serve(): Promise<void> {
    if (this.#serving) return;
    this.#serving = true;
    this.#forgetRetry?.();
    for (const waiter of this.#byPriority()) if (this.#waiters.has(waiter)) await this.#serveOne(waiter);
    this.#serving = false;
    this.#retryLater();
  }

  async #serveOne(waiter: Waiter): Promise<void> {
    const { place, settle } = waiter;
    if (!place.isWanted()) return settle(Promise.resolve(undefined));
    try {
      const stream = await this.#tryOpen(place);
      if (stream === 'busy') return;
      if (this.#waiters.has(waiter)) settle(Promise.resolve(stream));
      else await stream.close();
    } catch (cause) {
      settle(Promise.reject(cause));
    }
  }

  #byPriority(): Waiter[] {
    const waiters = [...this.#waiters];
    return [...waiters.filter(({ place }) => place.isActive()), ...waiters.filter(({ place }) => !place.isActive())];
  }

  async #tryOpen(place: OpeningPlace): Promise<SpeechStream | 'busy'> {
    while (true) {
      try {
        return await this.#speechToText.open({ ...place.request(), signal: place.signal });
      } catch (cause) {
        if (!(cause instanceof TritoneError) || cause.code !== 'inference.busy') throw cause;
        const [oldest] = this.#givingWay;
        if (oldest === undefined) return 'busy';
        this.#givingWay.delete(oldest);
        await oldest.close();
      }
    }
  }

  #retryLater(): void {
    this.#forgetRetry?.();
    if (this.#waiters.size > 0) this.#forgetRetry = this.#clock.after(RETRY_MS, () => void this.#serve());
  }
}
