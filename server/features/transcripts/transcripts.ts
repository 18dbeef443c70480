import type { LogEntry } from '../../../shared/roomLog.ts';
import type { Feature, RoomHandle } from '../../rooms/roomHandle.ts';
import type { Clock } from '../../streams/clock.ts';
import type { Log } from '../../streams/log.ts';
import type { Metrics } from '../../streams/metrics.ts';
import { withDeadline } from '../../streams/withDeadline.ts';
import type { Archive } from './callLibrary.ts';
import { Journal } from './journal/journal.ts';
import type { JournalRecord } from './journal/journalRecord.ts';
import type { Database } from './store/database.types.ts';
import { EmbeddedDatabase } from './store/embeddedDatabase.ts';
import { PostgresDatabase } from './store/postgresDatabase.ts';
import { StoreWriter } from './store/storeWriter.ts';
import {
  type SearchPage,
  type SearchWish,
  type StoredCall,
  type StoredUtterance,
  TranscriptStore,
} from './store/transcriptStore.ts';

/** How often calls that are kept long enough are looked for. */
const EXPIRE_EVERY_MS = 60_000;
const CLOSE_DEADLINE_MS = 2000;

export interface TranscriptsOptions {
  /** Holds the journal, and the embedded database where there is no other. */
  readonly folder: string;
  readonly databaseUrl: string | undefined;
  /** Ms after which an ended call is deleted; never unless given. */
  readonly keptMs: number | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Everything that was said, for longer than the server lives: a journal before the database, so that neither is waited for. */
export class Transcripts implements Feature, Archive, AsyncDisposable {
  readonly name = 'transcripts';
  readonly journal: Journal;
  readonly #store: TranscriptStore;
  readonly #options: TranscriptsOptions;
  readonly #database: Database;
  readonly #writer: StoreWriter;
  #forgetExpiry: (() => void) | undefined;

  /** Returns at once; the database comes behind it. @throws Error of the file system */
  static open(options: TranscriptsOptions): Transcripts {
    return new Transcripts(options);
  }

  private constructor(options: TranscriptsOptions) {
    const { folder, databaseUrl, keptMs, clock, log, metrics } = options;
    this.#options = options;
    this.journal = Journal.open({ folder: `${folder}/journal`, clock, log, metrics });
    this.#database =
      databaseUrl === undefined
        ? EmbeddedDatabase.open(`${folder}/database`, clock)
        : new PostgresDatabase(databaseUrl, log);
    this.#writer = new StoreWriter({ journal: this.journal, database: this.#database, clock, log, metrics });
    this.#store = new TranscriptStore(this.#database);
    if (keptMs !== undefined) this.#expireLater();
  }

  /** What could not be kept at first is shown as kept once it is. */
  attach(room: RoomHandle): AsyncDisposable {
    const onRecovered = (records: readonly JournalRecord[]) => {
      for (const record of records) {
        if (record.type === 'entry' && record.callId === room.callId) showAsKept(room, record.entry);
      }
    };
    this.journal.events.on('recovered', onRecovered);
    return {
      [Symbol.asyncDispose]: async () => void this.journal.events.off('recovered', onRecovered),
    };
  }

  /** Resolves when all that was said up to now is in the database. */
  settled(): Promise<void> {
    return this.#writer.settled();
  }

  calls(room: string): Promise<readonly StoredCall[]> {
    return this.#store.calls(room);
  }

  utterances(callId: string): Promise<readonly StoredUtterance[]> {
    return this.#store.utterances(callId);
  }

  search(wish: SearchWish): Promise<SearchPage> {
    return this.#store.search(wish);
  }

  /** A call of the past: rows, indexes and journal. */
  async deleteCall(callId: string): Promise<boolean> {
    await this.#writer.settled();
    const deleted = await this.#store.deleteCalls({ callId });
    // Nothing was said since that is not in the store, or else its file stays until it is.
    if (this.#writer.isSettled) this.journal.forgetAll();
    return deleted.length > 0;
  }

  async close(): Promise<void> {
    this.#forgetExpiry?.();
    // A database that does not answer must not keep the server: what it has not yet, the journal has.
    const late = () => new Error('the store does not finish');
    await withDeadline(this.#options.clock, CLOSE_DEADLINE_MS, this.#writer.close(), late).catch(() => {});
    this.journal.close();
    await this.#database.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #expireLater(): void {
    const { clock, log, keptMs = 0 } = this.#options;
    this.#forgetExpiry = clock.after(EXPIRE_EVERY_MS, async () => {
      await this.#store.deleteCalls({ endedBeforeMs: clock.wallMs() - keptMs }).then(
        (calls) => calls.length > 0 && log.info({ calls: calls.length }, 'calls have expired'),
        (cause: unknown) => log.warn({ err: cause }, 'expired calls could not be deleted'),
      );
      this.#expireLater();
    });
  }
}

function showAsKept(room: RoomHandle, { event }: LogEntry): void {
  if (event.type !== 'caption') return;
  const shown = room.log.caption(event.caption.id);
  // A later revision may have been kept meanwhile.
  if (shown?.unsaved !== true) return;
  const { unsaved: _, ...kept } = shown;
  room.log.append({ type: 'caption', caption: { ...kept, revision: kept.revision + 1 } });
}
