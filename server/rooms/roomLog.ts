import { EventEmitter } from 'node:events';
import type { Caption } from '../../shared/captions.ts';
import type { LogEntry, LogEvent } from '../../shared/roomLog.ts';
import type { RoomClockReader, RoomLogHandle } from './roomHandle.ts';

/** About a day of talk; beyond it the oldest finals leave memory. */
const MAX_ENTRIES = 100_000;

export interface RoomLogOptions {
  /** Called before anyone sees the entry; false where it could not be kept. */
  readonly keep?: (entry: LogEntry) => boolean;
  readonly maxEntries?: number;
}

/**
 * The append-only log of one call. What replaces an earlier entry (a caption's next revision, a new name, a mute) takes
 * a new `seq`, and the earlier one is forgotten: memory grows with what was said, not with how often it was changed.
 */
export class RoomLog implements RoomLogHandle {
  readonly events = new EventEmitter<{ appended: [entry: LogEntry] }>();
  readonly #clock: RoomClockReader;
  readonly #keep: (entry: LogEntry) => boolean;
  readonly #maxEntries: number;
  readonly #entries = new Map<number, LogEntry>();
  /** Where the standing entry of each replaceable thing is. */
  readonly #seqOfSubject = new Map<string, number>();
  #lastSeq = 0;
  #forgotten = 0;

  constructor(clock: RoomClockReader, { keep = () => true, maxEntries = MAX_ENTRIES }: RoomLogOptions = {}) {
    this.#clock = clock;
    this.#keep = keep;
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
    this.#lastSeq += 1;
    const made: LogEntry = { seq: this.#lastSeq, atMs: this.#clock.nowMs(), event };
    const entry = this.#keep(made) ? made : asUnsaved(made);
    this.#supersede(subjectOf(event), entry.seq);
    this.#entries.set(entry.seq, entry);
    this.#forgetOldest();
    this.events.emit('appended', entry);
    return entry;
  }

  /** As it stands. */
  caption(captionId: string): Caption | undefined {
    const seq = this.#seqOfSubject.get(`caption ${captionId}`);
    const event = seq === undefined ? undefined : this.#entries.get(seq)?.event;
    return event?.type === 'caption' ? event.caption : undefined;
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
      if (event.type !== 'caption' && event.type !== 'caption-gap' && event.type !== 'translation') continue;
      this.#entries.delete(seq);
      this.#seqOfSubject.delete(subjectOf(event) ?? '');
      this.#forgotten += 1;
      return;
    }
  }
}

function asUnsaved(entry: LogEntry): LogEntry {
  if (entry.event.type !== 'caption') return entry;
  return { ...entry, event: { ...entry.event, caption: { ...entry.event.caption, unsaved: true } } };
}

/** What an event tells the latest of; undefined where each event counts for itself. */
function subjectOf(event: LogEvent): string | undefined {
  switch (event.type) {
    case 'caption':
      return `caption ${event.caption.id}`;
    case 'translation':
      return `translation ${event.translation.captionId} ${event.translation.language}`;
    case 'participant-updated':
    case 'captions-waiting':
      return `${event.type} ${event.participantId}`;
    case 'track-updated':
      return `${event.type} ${event.trackId}`;
    default:
      return undefined;
  }
}
