export type WhenFull = 'drop-oldest' | 'refuse';

export interface BoundedQueueOptions<T> {
  /** The most that may wait, in the unit of `weigh`. */
  readonly limit: number;
  /** Weight of one item; 1 unless given. */
  readonly weigh?: (item: T) => number;
  readonly whenFull: WhenFull;
}

/** A queue for one reader that never grows past its limit. `push` never waits and tells what it cost. */
export class BoundedQueue<T> implements AsyncIterable<T> {
  readonly #limit: number;
  readonly #weigh: (item: T) => number;
  readonly #whenFull: WhenFull;
  readonly #items: T[] = [];
  #weight = 0;
  #closed = false;
  #failure: { readonly cause: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(options: BoundedQueueOptions<T>) {
    this.#limit = options.limit;
    this.#weigh = options.weigh ?? (() => 1);
    this.#whenFull = options.whenFull;
  }

  get weight(): number {
    return this.#weight;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Returns the weight dropped: of the oldest items (`drop-oldest`) or of `item` itself (`refuse`, or closed).
   * An item heavier than the limit is taken when the queue is empty.
   */
  push(item: T): number {
    const weight = this.#weigh(item);
    if (this.#closed) return weight;
    if (this.#whenFull === 'refuse' && this.#items.length > 0 && this.#weight + weight > this.#limit) return weight;
    let dropped = 0;
    while (this.#items.length > 0 && this.#weight + weight > this.#limit) dropped += this.#shift().weight;
    this.#items.push(item);
    this.#weight += weight;
    this.#wake?.();
    return dropped;
  }

  /** No more items; what waits is still read. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  /** The reader gets what waits, then throws `cause`. */
  fail(cause: unknown): void {
    if (this.#closed) return;
    this.#failure = { cause };
    this.close();
  }

  /** Empties the queue and returns the weight thrown away. */
  clear(): number {
    const weight = this.#weight;
    this.#items.length = 0;
    this.#weight = 0;
    return weight;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    while (true) {
      if (this.#items.length > 0) {
        yield this.#shift().item;
      } else if (this.#closed) {
        if (this.#failure !== undefined) throw this.#failure.cause;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
      }
    }
  }

  #shift(): { item: T; weight: number } {
    const [item] = this.#items.splice(0, 1) as [T];
    const weight = this.#weigh(item);
    this.#weight -= weight;
    return { item, weight };
  }
}
