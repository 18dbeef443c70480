import { EventEmitter } from 'node:events';
import type { LogEntry, LogEvent } from '../../shared/roomLog.ts';
import type { RoomClockReader, RoomLogHandle } from './roomHandle.ts';

/** About a day of talk; beyond it the oldest finals leave memory. */
const MAX_ENTRIES = 100_000;

/**
 * The append-only log of one call. Each caption revision takes a new `seq`; the revision that it replaces is
 * forgotten, so memory grows with what was said, not with how often it was revised.
 */
export class RoomLog implements RoomLogHandle {
  readonly events = new EventEmitter<{ appended: [entry: LogEntry] }>();
  readonly #clock: RoomClockReader;
  readonly #maxEntries: number;
  readonly #entries = new Map<number, LogEntry>();
  readonly #seqOfCaption = new Map<string, number>();
  #lastSeq = 0;
  #forgotten = 0;

  constructor(clock: RoomClockReader, maxEntries: number = MAX_ENTRIES) {
    this.#clock = clock;
    this.#maxEntries = maxEntries;
    this.events.setMaxListeners(0);
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Entries that the size limit has pushed out of memory. */
  get forgotten(): number {
    return this.#forgotten;
  }

  append(event: LogEvent): LogEntry {
    const entry: LogEntry = { seq: ++this.#lastSeq, atMs: this.#clock.nowMs(), event };
    if (event.type === 'caption') this.#supersede(event.caption.id, entry.seq);
    this.#entries.set(entry.seq, entry);
    this.#forgetOldest();
    this.events.emit('appended', entry);
    return entry;
  }

  read(afterSeq = 0): LogEntry[] {
    const entries: LogEntry[] = [];
    for (const entry of this.#entries.values()) if (entry.seq > afterSeq) entries.push(entry);
    return entries;
  }

  #supersede(captionId: string, seq: number): void {
    const earlier = this.#seqOfCaption.get(captionId);
    if (earlier !== undefined) this.#entries.delete(earlier);
    this.#seqOfCaption.set(captionId, seq);
  }

  /** Who is in the room must survive any number of captions, so only captions and gaps are pushed out. */
  #forgetOldest(): void {
    if (this.#entries.size <= this.#maxEntries) return;
    for (const [seq, { event }] of this.#entries) {
      if (event.type !== 'caption' && event.type !== 'caption-gap') continue;
      this.#entries.delete(seq);
      if (event.type === 'caption') this.#seqOfCaption.delete(event.caption.id);
      this.#forgotten += 1;
      return;
    }
  }
}
