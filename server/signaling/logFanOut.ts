import type { LogEntry } from '../../shared/roomLog.ts';
import { LatestByKey } from '../streams/latestByKey.ts';

/** A page this far behind is let go; at its return `since` brings it up to date. */
const MAX_WAITING = 5_000;

export interface LogSink {
  /** False while the connection has not taken what it was given before. */
  readonly writable: boolean;
  send(entries: LogEntry[]): void;
  giveUp(): void;
}

/**
 * The room's log on its way to one page. While the page keeps up, each entry leaves at once; while it does not, only
 * the latest revision of each caption waits.
 */
export class LogFanOut {
  readonly #sink: LogSink;
  readonly #waiting = new LatestByKey<string, LogEntry>();
  #coalesced = 0;

  constructor(sink: LogSink) {
    this.#sink = sink;
  }

  /** Revisions that the page was spared. */
  get coalesced(): number {
    return this.#coalesced;
  }

  push(entry: LogEntry): void {
    if (this.#waiting.set(keyOf(entry), entry)) this.#coalesced += 1;
    if (this.#waiting.size > MAX_WAITING) this.#sink.giveUp();
    else this.flush();
  }

  /** Called when the connection has drained. */
  flush(): void {
    if (this.#waiting.size === 0 || !this.#sink.writable) return;
    this.#sink.send(this.#waiting.take());
  }
}

function keyOf({ seq, event }: LogEntry): string {
  return event.type === 'caption' ? `caption ${event.caption.id}` : `entry ${seq}`;
}
