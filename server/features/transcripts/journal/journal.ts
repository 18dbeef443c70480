import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import {
  closeSync,
  fdatasync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import type { LogEntry } from '../../../../shared/roomLog.ts';
import type { CallJournal, JournaledCall } from '../../../rooms/callJournal.types.ts';
import type { Clock } from '../../../streams/clock.ts';
import type { Log } from '../../../streams/log.ts';
import type { Counter, Metrics } from '../../../streams/metrics.ts';
import { isKept, type JournalRecord, writeRecord } from './journalRecord.ts';
import { type JournalPosition, listSegments, segmentFile } from './segments.ts';

const SEGMENT_BYTES = 4 * 1024 * 1024;
/** What a failing power supply can cost; a killed process costs nothing. */
const SYNC_MS = 1000;
const RETRY_MS = 2000;
/** Records that could not be written, in memory until they can: some hours of talk. */
const MAX_UNWRITTEN = 10_000;

export interface JournalEvents {
  /** There is more to read. */
  written: [];
  /** What `keep` refused is kept after all. */
  recovered: [records: readonly JournalRecord[]];
}

export interface JournalOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/**
 * Append-only files that hold each final before anyone sees it. A write goes to the operating system before `keep`
 * returns, which takes some 20 µs, so a process that is killed loses nothing; the disk follows within a second.
 */
export class Journal implements CallJournal {
  readonly events = new EventEmitter<JournalEvents>();
  /** Tells this journal from others in the store. */
  readonly journalId: string;
  readonly folder: string;
  readonly #options: JournalOptions;
  readonly #refused: Counter;
  readonly #unwritten: JournalRecord[] = [];
  #segment: number;
  #file: number;
  #bytes = 0;
  #forgetSync: (() => void) | undefined;
  #forgetRetry: (() => void) | undefined;
  #closed = false;

  /** @throws Error of the file system, where the folder cannot be written */
  static open(options: JournalOptions): Journal {
    mkdirSync(options.folder, { recursive: true });
    return new Journal(options);
  }

  private constructor(options: JournalOptions) {
    this.#options = options;
    this.folder = options.folder;
    this.journalId = identityOf(options.folder);
    this.#refused = options.metrics.counter('tritone_journal_refused_total', 'Finals that could not be kept at once');
    // What another process may have left half-written stays the end of its own segment.
    this.#segment = (listSegments(options.folder).at(-1) ?? 0) + 1;
    this.#file = openSync(segmentFile(options.folder, this.#segment), 'a');
  }

  /** Where the next record will stand. */
  get position(): JournalPosition {
    return { segment: this.#segment, byteOffset: this.#bytes };
  }

  begun({ callId, room, startedAtMs }: JournaledCall): void {
    this.#append({ type: 'begun', callId, room, startedAtMs });
  }

  keep(callId: string, entry: LogEntry): boolean {
    return isKept(entry) ? this.#append({ type: 'entry', callId, entry }) : true;
  }

  ended(callId: string, atMs: number): void {
    this.#append({ type: 'ended', callId, atMs });
  }

  /** Everything up to now is in the store: all files go, and with them the last trace of what was said. */
  forgetAll(): void {
    if (this.#bytes > 0) this.#turnPage();
    this.forgetBefore(this.position);
  }

  /** Everything before `position` is in the store: whole files of it go. */
  forgetBefore({ segment }: JournalPosition): void {
    for (const old of listSegments(this.folder)) {
      if (old < segment && old !== this.#segment) rmSync(segmentFile(this.folder, old), { force: true });
    }
  }

  /** Twice is once. */
  close(): void {
    if (this.#closed) return;
    this.#writeWaiting();
    this.#closed = true;
    this.#forgetSync?.();
    this.#forgetRetry?.();
    closeSync(this.#file);
  }

  #append(record: JournalRecord): boolean {
    if (this.#closed) return false;
    // In order: what waits goes first.
    if (this.#writeWaiting() && this.#write(record)) return true;
    this.#refused.inc();
    this.#unwritten.push(record);
    if (this.#unwritten.length > MAX_UNWRITTEN) this.#unwritten.shift();
    this.#retryLater();
    return false;
  }

  /** True when nothing waits any more. */
  #writeWaiting(): boolean {
    if (this.#unwritten.length === 0) return true;
    const written: JournalRecord[] = [];
    for (const record of this.#unwritten) {
      if (!this.#write(record)) break;
      written.push(record);
    }
    this.#unwritten.splice(0, written.length);
    if (written.length > 0) this.events.emit('recovered', written);
    return this.#unwritten.length === 0;
  }

  #write(record: JournalRecord): boolean {
    const line = writeRecord(record);
    try {
      if (this.#bytes >= SEGMENT_BYTES) this.#turnPage();
      for (let written = 0; written < line.length; ) written += writeSync(this.#file, line, written);
    } catch (cause) {
      this.#options.log.error({ err: cause }, 'the journal cannot be written');
      this.#takeBack();
      return false;
    }
    this.#bytes += line.length;
    this.#syncSoon();
    this.events.emit('written');
    return true;
  }

  /** Half a line must not stand before the next one. */
  #takeBack(): void {
    try {
      ftruncateSync(this.#file, this.#bytes);
    } catch (cause) {
      this.#options.log.error({ err: cause }, 'the journal cannot be cut back');
    }
  }

  #turnPage(): void {
    const next = openSync(segmentFile(this.folder, this.#segment + 1), 'a');
    closeSync(this.#file);
    this.#file = next;
    this.#segment += 1;
    this.#bytes = 0;
  }

  #syncSoon(): void {
    this.#forgetSync ??= this.#options.clock.after(SYNC_MS, () => {
      this.#forgetSync = undefined;
      if (!this.#closed) fdatasync(this.#file, () => {});
    });
  }

  #retryLater(): void {
    this.#forgetRetry ??= this.#options.clock.after(RETRY_MS, () => {
      this.#forgetRetry = undefined;
      if (!this.#closed && !this.#writeWaiting()) this.#retryLater();
    });
  }
}

function identityOf(folder: string): string {
  const file = path.join(folder, 'journal-id');
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    const id = randomUUID();
    writeFileSync(file, id);
    return id;
  }
}
