import { TritoneError } from '../../../../shared/errors.ts';
import type { Clock } from '../../../streams/clock.ts';
import type { Log } from '../../../streams/log.ts';
import type { Counter, Metrics } from '../../../streams/metrics.ts';
import { sleep } from '../../../streams/sleep.ts';
import type { Journal } from '../journal/journal.ts';
import type { JournalRecord } from '../journal/journalRecord.ts';
import { readJournal } from '../journal/readJournal.ts';
import type { JournalPosition } from '../journal/segments.ts';
import type { Database, Statement } from './database.types.ts';
import { migrate } from './migrations.ts';
import { statementsOf } from './statements.ts';

const RETRY_MS = 1000;
const MAX_RETRY_MS = 15_000;
/** Each transaction costs the embedded database a few ms of a core, however much is in it. */
const GATHER_MS = 2000;

export interface StoreWriterOptions {
  readonly journal: Journal;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/**
 * Brings the journal into the database, in order and each record once: how far it has come stands in the same
 * transaction. Nothing waits in memory; while the database is away the journal's files do.
 */
export class StoreWriter implements AsyncDisposable {
  readonly #options: StoreWriterOptions;
  readonly #stop = new AbortController();
  readonly #unstorable: Counter;
  readonly #running: Promise<void>;
  /** Undefined until the database has told it. */
  #position: JournalPosition | undefined;
  #settled: (() => void)[] = [];
  #wake: (() => void) | undefined;

  constructor(options: StoreWriterOptions) {
    this.#options = options;
    this.#unstorable = options.metrics.counter('tritone_store_unstorable_total', 'Records that the database refuses');
    options.journal.events.on('written', this.#onWritten);
    this.#running = this.#run();
  }

  /** All that stands in the journal is in the database. */
  get isSettled(): boolean {
    const { segment, byteOffset } = this.#options.journal.position;
    return this.#position?.segment === segment && this.#position.byteOffset === byteOffset;
  }

  /** Resolves when all that stands in the journal now is in the database, or when the writer closes. */
  settled(): Promise<void> {
    if (this.isSettled || this.#stop.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#settled.push(resolve);
      this.#wake?.();
    });
  }

  /** What is being written is finished. Never rejects; twice is once. */
  close(): Promise<void> {
    this.#options.journal.events.off('written', this.#onWritten);
    this.#stop.abort();
    this.#wake?.();
    return this.#running;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readonly #onWritten = () => this.#wake?.();

  async #run(): Promise<void> {
    const { clock, log } = this.#options;
    const { signal } = this.#stop;
    let retryMs = RETRY_MS;
    let opened = false;
    while (!signal.aborted) {
      try {
        if (!opened) await this.#open();
        opened = true;
        await this.#drain();
        retryMs = RETRY_MS;
        this.#tellSettled();
        if (!signal.aborted) await this.#more();
        await this.#gather();
      } catch (cause) {
        log.warn({ err: cause, retryMs }, 'transcripts wait in the journal: the store cannot be written');
        await sleep(clock, retryMs, signal);
        retryMs = Math.min(2 * retryMs, MAX_RETRY_MS);
      }
    }
    this.#tellSettled();
  }

  async #open(): Promise<void> {
    const { database, journal } = this.#options;
    await migrate(database);
    const [row] = await database.query<{ segment: number; byte_offset: number | string }>(
      'select segment, byte_offset from journal_positions where journal_id = $1',
      [journal.journalId],
    );
    if (row !== undefined) this.#position = { segment: row.segment, byteOffset: Number(row.byte_offset) };
  }

  async #drain(): Promise<void> {
    const { journal, log } = this.#options;
    while (!this.#stop.signal.aborted) {
      const until = journal.position;
      const batch = await readJournal(journal.folder, this.#position, until);
      if (batch === undefined) {
        this.#position = until;
        return;
      }
      if (batch.unreadable > 0) log.warn({ lines: batch.unreadable }, 'lines of the journal were cut short');
      await this.#store(batch.records, batch.position);
      this.#position = batch.position;
      journal.forgetBefore(batch.position);
    }
  }

  async #store(records: readonly JournalRecord[], position: JournalPosition): Promise<void> {
    try {
      await this.#options.database.transaction([...statementsOf(records), this.#arrivedAt(position)]);
    } catch (cause) {
      if (cause instanceof TritoneError) throw cause;
      await this.#storeSingly(records);
      await this.#options.database.transaction([this.#arrivedAt(position)]);
    }
  }

  /** One that the database refuses must not hold the others up. */
  async #storeSingly(records: readonly JournalRecord[]): Promise<void> {
    const { database, log } = this.#options;
    for (const record of records) {
      try {
        await database.transaction(statementsOf([record]));
      } catch (cause) {
        if (cause instanceof TritoneError) throw cause;
        this.#unstorable.inc();
        log.error({ err: cause, callId: record.callId, type: record.type }, 'a record does not fit the store');
      }
    }
  }

  #arrivedAt({ segment, byteOffset }: JournalPosition): Statement {
    return {
      sql: `insert into journal_positions (journal_id, segment, byte_offset) values ($1, $2, $3)
        on conflict (journal_id) do update set segment = excluded.segment, byte_offset = excluded.byte_offset`,
      values: [this.#options.journal.journalId, segment, byteOffset],
    };
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
      // Something may have come between the last look and now.
      if (!this.isSettled) this.#wake();
    });
  }

  /** The journal keeps what was said: the database may have it in larger pieces, unless someone waits for it. */
  async #gather(): Promise<void> {
    if (this.#settled.length > 0) return;
    const hurry = new AbortController();
    this.#wake = () => {
      if (this.#settled.length > 0 || this.#stop.signal.aborted) hurry.abort();
    };
    await sleep(this.#options.clock, GATHER_MS, hurry.signal);
    this.#wake = undefined;
  }

  #tellSettled(): void {
    for (const resolve of this.#settled.splice(0)) resolve();
  }
}
