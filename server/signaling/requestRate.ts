const PER_SECOND = 100;
const BURST = 400;

/** A token bucket for one connection: a page that joins a large room makes some hundred requests at once, then few. */
export class RequestRate {
  #tokens = BURST;
  #atMs: number | undefined;

  admits(nowMs: number): boolean {
    this.#tokens = Math.min(BURST, this.#tokens + ((nowMs - (this.#atMs ?? nowMs)) * PER_SECOND) / 1000);
    this.#atMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
