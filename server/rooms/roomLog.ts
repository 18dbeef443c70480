import { EventEmitter } from 'node:events';
import type { LogEntry, LogEvent } from '../../shared/roomLog.ts';
import type { RoomClockReader, RoomLogHandle } from './roomHandle.ts';

/** About a day of talk; beyond it the oldest finals leave memory. */
const MAX_ENTRIES = 100_000;

/**
 * The append-only log of one call. What replaces an earlier entry (a caption's next revision, a new name, a mute) takes
 * a new `seq`, and the earlier one is forgotten: memory grows with what was said, not with how often it was changed.
 */
export class RoomLog implements RoomLogHandle {
  readonly events = new EventEmitter<{ appended: [entry: LogEntry] }>();
  readonly #clock: RoomClockReader;
  readonly #maxEntries: number;
  readonly #entries = new Map<number, LogEntry>();
  /** Where the standing entry of each replaceable thing is. */
  readonly #seqOfSubject = new Map<string, number>();
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
    this.#supersede(subjectOf(event), entry.seq);
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

  #supersede(subject: string | undefined, seq: number): void {
    if (subject === undefined) return;
    const earlier = this.#seqOfSubject.get(subject);
    if (earlier !== undefined) this.#entries.delete(earlier);
    this.#seqOfSubject.set(subject, seq);
  }

  /** Who is in the room must survive any number of captions, so only captions and gaps are pushed out. */
  #forgetOldest(): void {
    if (this.#entries.size <= this.#maxEntries) return;
    for (const [seq, { event }] of this.#entries) {
      if (event.type !== 'caption' && event.type !== 'caption-gap') continue;
      this.#entries.delete(seq);
      this.#seqOfSubject.delete(subjectOf(event) ?? '');
      this.#forgotten += 1;
      return;
    }
  }
}

/** What an event tells the latest of; undefined where each event counts for itself. */
function subjectOf(event: LogEvent): string | undefined {
  switch (event.type) {
    case 'caption':
      return `caption ${event.caption.id}`;
    case 'participant-updated':
    case 'captions-waiting':
      return `${event.type} ${event.participantId}`;
    case 'track-updated':
      return `${event.type} ${event.trackId}`;
    default:
      return undefined;
  }
}
