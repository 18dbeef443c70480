import { FEED_RATE, type FedUtterance, type PlayoutPosition } from './feed.types.ts';

/** How far what is written may be ahead of playout: 1 s. */
export const AHEAD_SAMPLES = FEED_RATE;

interface WaitingWrite {
  readonly pcm: Int16Array;
  taken: number;
  readonly done: () => void;
}

/** What an utterance tells the line in which it stands. */
export interface UtteranceOwner {
  cut(utterance: Utterance): void;
}

/** One utterance: a second of sound in a ring, and the writes that wait for room in it (policy `wait`). */
export class Utterance implements FedUtterance {
  readonly utteranceId: string;
  readonly #owner: UtteranceOwner;
  readonly #waiting: WaitingWrite[] = [];
  readonly #finished: Promise<{ playedSamples: number; cut: boolean }>;
  #finish: (outcome: { playedSamples: number; cut: boolean }) => void = () => {};
  /** Made at the first sound that is let in. */
  #ring: Int16Array | undefined;
  #readAt = 0;
  #length = 0;
  #playedSamples = 0;
  #admitted = false;
  #ended = false;
  #over = false;

  constructor(utteranceId: string, owner: UtteranceOwner) {
    this.utteranceId = utteranceId;
    this.#owner = owner;
    this.#finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  get playedSamples(): number {
    return this.#playedSamples;
  }

  get position(): PlayoutPosition {
    return { utteranceId: this.utteranceId, playedSamples: this.#playedSamples };
  }

  /** Samples that wait to be played. */
  get available(): number {
    return this.#length;
  }

  /** Nothing more comes than what is available. */
  get lastHeld(): boolean {
    return this.#ended && this.#waiting.length === 0;
  }

  write(pcm: Int16Array): Promise<void> {
    if (this.#over || this.#ended || pcm.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ pcm, taken: 0, done: resolve });
      this.#fill();
    });
  }

  end(): Promise<{ playedSamples: number; cut: boolean }> {
    this.#ended = true;
    return this.#finished;
  }

  cut(): { playedSamples: number } {
    if (!this.#over) this.#owner.cut(this);
    return { playedSamples: this.#playedSamples };
  }

  /** Its turn is near: sound is let in. */
  admit(): void {
    this.#admitted = true;
    this.#fill();
  }

  /** Copies up to `into.length` samples and leaves them there. Returns how many. */
  peek(into: Int16Array): number {
    const count = Math.min(into.length, this.#length);
    if (this.#ring === undefined) return 0;
    const first = Math.min(count, AHEAD_SAMPLES - this.#readAt);
    into.set(this.#ring.subarray(this.#readAt, this.#readAt + first));
    into.set(this.#ring.subarray(0, count - first), first);
    return count;
  }

  /** Copies up to `into.length` samples; they are played now. Returns how many. */
  take(into: Int16Array): number {
    const count = this.peek(into);
    this.#readAt = (this.#readAt + count) % AHEAD_SAMPLES;
    this.#length -= count;
    this.#playedSamples += count;
    this.#fill();
    return count;
  }

  /** It has been played, or was cut: whoever waits goes on. */
  finish(cut: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.#ring = undefined;
    this.#length = 0;
    for (const { done } of this.#waiting.splice(0)) done();
    this.#finish({ playedSamples: this.#playedSamples, cut });
  }

  #fill(): void {
    if (!this.#admitted) return;
    for (let write = this.#waiting[0]; write !== undefined; write = this.#waiting[0]) {
      this.#ring ??= new Int16Array(AHEAD_SAMPLES);
      const { pcm, taken } = write;
      const count = Math.min(pcm.length - taken, AHEAD_SAMPLES - this.#length);
      const writeAt = (this.#readAt + this.#length) % AHEAD_SAMPLES;
      const first = Math.min(count, AHEAD_SAMPLES - writeAt);
      this.#ring.set(pcm.subarray(taken, taken + first), writeAt);
      this.#ring.set(pcm.subarray(taken + first, taken + count), 0);
      this.#length += count;
      write.taken += count;
      if (write.taken < pcm.length) return;
      this.#waiting.shift();
      write.done();
    }
  }
}
