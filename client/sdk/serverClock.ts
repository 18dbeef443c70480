interface ClockSample {
  roundTripMs: number;
  /** RoomClock minus local clock, ms. */
  offsetMs: number;
}

/** Old samples go, so that drift between the two clocks is followed. */
const SAMPLES = 8;

/** The RoomClock as seen from here. The sample with the shortest round trip is the least wrong (Cristian, 1989). */
export class ServerClock {
  readonly #localMs: () => number;
  #samples: ClockSample[] = [];
  #best: ClockSample | undefined;

  constructor(localMs: () => number = () => performance.now()) {
    this.#localMs = localMs;
  }

  localMs(): number {
    return this.#localMs();
  }

  /** `serverMs` was read between `askedAtMs` and `answeredAtMs` of the local clock. */
  add(askedAtMs: number, answeredAtMs: number, serverMs: number): void {
    const roundTripMs = answeredAtMs - askedAtMs;
    this.#samples.push({ roundTripMs, offsetMs: serverMs - (askedAtMs + roundTripMs / 2) });
    if (this.#samples.length > SAMPLES) this.#samples.shift();
    this.#best = this.#samples.reduce((best, sample) => (sample.roundTripMs < best.roundTripMs ? sample : best));
  }

  /** Another call has another clock. */
  reset(): void {
    this.#samples = [];
    this.#best = undefined;
  }

  /** Ms on the RoomClock; 0 before the first sample. */
  nowMs(): number {
    return this.#best === undefined ? 0 : this.#localMs() + this.#best.offsetMs;
  }

  /** How far `nowMs` may be off, ms. */
  get uncertaintyMs(): number {
    return this.#best === undefined ? Number.POSITIVE_INFINITY : this.#best.roundTripMs / 2;
  }
}
