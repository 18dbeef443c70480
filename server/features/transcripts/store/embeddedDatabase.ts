import { mkdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { TritoneError } from '../../../../shared/errors.ts';
import type { Clock } from '../../../streams/clock.ts';
import { withDeadline } from '../../../streams/withDeadline.ts';
import type { Database, Statement } from './database.types.ts';
import type { EmbeddedAnswer, EmbeddedRequest } from './embeddedMessages.ts';

const CLOSE_DEADLINE_MS = 3000;

type Unnumbered = EmbeddedRequest extends infer R ? (R extends EmbeddedRequest ? Omit<R, 'id'> : never) : never;

/** PostgreSQL compiled to WebAssembly (PGlite) over a folder, in a thread of its own: it never holds the media loop. */
export class EmbeddedDatabase implements Database {
  readonly #clock: Clock;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown[]>>();
  #lastId = 0;
  #closing: Promise<void> | undefined;
  #gone: TritoneError | undefined;

  /** One process at a time may have the folder. @throws Error of the file system */
  static open(folder: string, clock: Clock): EmbeddedDatabase {
    mkdirSync(folder, { recursive: true });
    return new EmbeddedDatabase(folder, clock);
  }

  private constructor(folder: string, clock: Clock) {
    this.#clock = clock;
    this.#worker = new Worker(new URL('./embeddedThread.ts', import.meta.url), { workerData: { folder } });
    this.#worker.on('message', (answer: EmbeddedAnswer) => this.#settle(answer));
    this.#worker.on('error', (cause) => this.#fail(cause));
    this.#worker.on('exit', () => this.#fail(new Error('its thread has ended')));
    this.#worker.unref();
  }

  query<Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.#ask({ type: 'query', sql, values }) as Promise<Row[]>;
  }

  async transaction(statements: readonly Statement[]): Promise<void> {
    await this.#ask({ type: 'transaction', statements });
  }

  async scrub(tables: readonly string[]): Promise<void> {
    for (const table of tables) await this.query(`vacuum full ${table}`);
    // What the write-ahead log has of them goes with its files: the next one is begun, the others are not kept for reuse.
    for (const sql of ['checkpoint', 'select pg_switch_wal()', 'checkpoint']) await this.query(sql);
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #ask(request: Unnumbered): Promise<unknown[]> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    this.#lastId += 1;
    const answer = Promise.withResolvers<unknown[]>();
    this.#waiting.set(this.#lastId, answer);
    this.#worker.postMessage({ ...request, id: this.#lastId });
    return answer.promise;
  }

  #settle({ id, rows, problem }: EmbeddedAnswer): void {
    const answer = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (problem === undefined) answer?.resolve(rows ?? []);
    else answer?.reject(new Error(problem));
  }

  #fail(cause: unknown): void {
    this.#gone ??= new TritoneError('store.unavailable', { reason: 'the embedded database has ended' }, { cause });
    for (const answer of this.#waiting.values()) answer.reject(this.#gone);
    this.#waiting.clear();
  }

  async #end(): Promise<void> {
    const late = () => new Error('the embedded database does not close');
    await withDeadline(this.#clock, CLOSE_DEADLINE_MS, this.#ask({ type: 'close' }), late).catch(() => {});
    await this.#worker.terminate();
  }
}
