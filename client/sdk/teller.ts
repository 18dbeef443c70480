import { TritoneError } from '../../shared/errors.ts';
import type { Signaling } from './signaling.ts';
import { pause } from './withDeadline.ts';

const RETRY_MS = 500;
const RETRY_MAX_MS = 8_000;

/** What tells the server something: all that a track needs of the door. */
export type Door = Pick<Signaling, 'request' | 'connected'>;

/**
 * Keeps the server's view of one thing at what is wanted: one request at a time, the last wish counts, what came
 * between two answers is skipped. What is refused for the moment is told again after a growing pause; what is refused
 * for good, and what fails for want of a connection, waits for the next `sync`.
 */
export class Teller {
  readonly #door: Pick<Door, 'connected'>;
  readonly #next: () => Promise<void> | undefined;
  #syncing = false;
  #pausing = new AbortController();

  /** `next` tells what is wanted now and notes that it was told; undefined when there is nothing to tell. */
  constructor(door: Pick<Door, 'connected'>, next: () => Promise<void> | undefined) {
    this.#door = door;
    this.#next = next;
  }

  /** Never rejects. During a pause it tries at once. */
  async sync(): Promise<void> {
    this.#pausing.abort();
    if (this.#syncing) return;
    this.#syncing = true;
    let waitMs = RETRY_MS;
    for (let told = this.#next(); told !== undefined; told = this.#next()) {
      const error = await told.then(
        () => undefined,
        (cause: unknown) => TritoneError.from(cause, 'internal'),
      );
      if (error === undefined) continue;
      if (!error.retryable || !this.#door.connected) break;
      this.#pausing = new AbortController();
      await pause(waitMs, this.#pausing.signal);
      waitMs = Math.min(2 * waitMs, RETRY_MAX_MS);
    }
    this.#syncing = false;
  }
}
