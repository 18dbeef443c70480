/** RFC 3550 A.1 takes 3000; a tap hears at most 120 ms late, so a far smaller jump is another stream. */
const RESTART_DISTANCE = 500;
const SPAN = 0x1_0000;

export interface Ordered<T> {
  readonly item: T;
  /** Packets missing between the one before and this. */
  readonly lost: number;
  /** The numbers went on elsewhere: how many are missing cannot be told. */
  readonly jumped?: true;
}

export interface PacketOrderOptions {
  /** The longest that a packet waits behind a gap. */
  readonly maxWaitMs: number;
  /** Beyond it the first gap is given up. */
  readonly maxWaiting: number;
  /** A packet came after its place had been given up. */
  readonly late: () => void;
  readonly duplicate: () => void;
}

interface Waiting<T> {
  readonly sequence: number;
  readonly item: T;
  readonly atMs: number;
}

/**
 * Puts packets in order of their 16-bit sequence numbers. What comes in order passes at once; only behind a gap packets
 * wait, `maxWaitMs` at most each, for the retransmission.
 */
export class PacketOrder<T> {
  readonly #options: PacketOrderOptions;
  /** Ascending from the next one expected. */
  #waiting: Waiting<T>[] = [];
  #next: number | undefined;

  constructor(options: PacketOrderOptions) {
    this.#options = options;
  }

  /** When `expire` has something to release, ms; undefined while nothing waits. */
  get deadlineMs(): number | undefined {
    let oldestMs = Number.POSITIVE_INFINITY;
    for (const { atMs } of this.#waiting) oldestMs = Math.min(oldestMs, atMs);
    return this.#waiting.length === 0 ? undefined : oldestMs + this.#options.maxWaitMs;
  }

  push(sequence: number, item: T, nowMs: number): Ordered<T>[] {
    this.#next ??= sequence;
    const ahead = distance(this.#next, sequence);
    if (Math.abs(ahead) > RESTART_DISTANCE) {
      const released = this.flush();
      this.#next = (sequence + 1) % SPAN;
      return [...released, { item, lost: 0, jumped: true }];
    }
    if (ahead < 0) {
      this.#options.late();
      return [];
    }
    if (ahead === 0 && this.#waiting.length === 0) {
      this.#next = (sequence + 1) % SPAN;
      return [{ item, lost: 0 }];
    }
    if (!this.#insert({ sequence, item, atMs: nowMs })) return [];
    const released = this.#releaseInOrder();
    while (this.#waiting.length > this.#options.maxWaiting) released.push(...this.#giveUpFirstGap());
    return released;
  }

  /** Gives up the gaps that packets have waited behind for `maxWaitMs`. */
  expire(nowMs: number): Ordered<T>[] {
    const released: Ordered<T>[] = [];
    for (let due = this.deadlineMs; due !== undefined && due <= nowMs; due = this.deadlineMs) {
      released.push(...this.#giveUpFirstGap());
    }
    return released;
  }

  /** Everything that waits, gaps given up. */
  flush(): Ordered<T>[] {
    const released: Ordered<T>[] = [];
    while (this.#waiting.length > 0) released.push(...this.#giveUpFirstGap());
    return released;
  }

  /** Forgets where the stream was: the next packet is the first. */
  restart(): Ordered<T>[] {
    const released = this.flush();
    this.#next = undefined;
    return released;
  }

  #insert(entry: Waiting<T>): boolean {
    let at = this.#waiting.length;
    while (at > 0) {
      const before = distance(this.#waiting[at - 1]?.sequence ?? 0, entry.sequence);
      if (before > 0) break;
      if (before === 0) {
        this.#options.duplicate();
        return false;
      }
      at -= 1;
    }
    this.#waiting.splice(at, 0, entry);
    return true;
  }

  #releaseInOrder(lost = 0): Ordered<T>[] {
    const released: Ordered<T>[] = [];
    for (
      let first = this.#waiting[0];
      first?.sequence === this.#next && first !== undefined;
      first = this.#waiting[0]
    ) {
      this.#waiting.shift();
      this.#next = (first.sequence + 1) % SPAN;
      released.push({ item: first.item, lost: released.length === 0 ? lost : 0 });
    }
    return released;
  }

  #giveUpFirstGap(): Ordered<T>[] {
    const first = this.#waiting[0];
    if (first === undefined || this.#next === undefined) return [];
    const lost = distance(this.#next, first.sequence);
    this.#next = first.sequence;
    return this.#releaseInOrder(lost);
  }
}

/** How far `to` lies ahead of `from`: -32768 to 32767. */
function distance(from: number, to: number): number {
  const ahead = (to - from + SPAN) % SPAN;
  return ahead < SPAN / 2 ? ahead : ahead - SPAN;
}
