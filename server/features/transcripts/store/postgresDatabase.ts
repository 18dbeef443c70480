import { DatabaseError, Pool } from 'pg';
import { TritoneError } from '../../../../shared/errors.ts';
import type { Log } from '../../../streams/log.ts';
import type { Database, Statement } from './database.types.ts';

const MAX_CONNECTIONS = 4;
const CONNECT_DEADLINE_MS = 5000;
const STATEMENT_DEADLINE_MS = 30_000;
/** Classes of SQLSTATE that say nothing of the statement: connection, resources, operator's intervention, system. */
const SERVER_TROUBLE = /^(08|53|57|58)/;

/** A PostgreSQL server, 14 or newer. Connections that break are made anew; what was under way fails. */
export class PostgresDatabase implements Database {
  readonly #pool: Pool;
  #closing: Promise<void> | undefined;

  constructor(connectionString: string, log: Log) {
    this.#pool = new Pool({
      connectionString,
      max: MAX_CONNECTIONS,
      connectionTimeoutMillis: CONNECT_DEADLINE_MS,
      statement_timeout: STATEMENT_DEADLINE_MS,
      application_name: 'tritone',
      allowExitOnIdle: true,
    });
    this.#pool.on('error', (cause) => log.warn({ err: cause }, 'a connection to the database broke'));
  }

  async query<Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    try {
      const { rows } = await this.#pool.query(sql, [...values]);
      return rows as Row[];
    } catch (cause) {
      throw explain(cause);
    }
  }

  async transaction(statements: readonly Statement[]): Promise<void> {
    const client = await this.#pool.connect().catch((cause: unknown) => {
      throw explain(cause);
    });
    try {
      await client.query('begin');
      for (const { sql, values = [] } of statements) await client.query(sql, [...values]);
      await client.query('commit');
      client.release();
    } catch (cause) {
      // A connection whose transaction is unsettled must not go back.
      const settled = await client.query('rollback').then(
        () => true,
        () => false,
      );
      client.release(!settled);
      throw explain(cause);
    }
  }

  async scrub(tables: readonly string[]): Promise<void> {
    for (const table of tables) await this.query(`vacuum full ${table}`);
  }

  close(): Promise<void> {
    this.#closing ??= this.#pool.end().catch(() => {});
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function explain(cause: unknown): unknown {
  const isOfStatement = cause instanceof DatabaseError && cause.code !== undefined && !SERVER_TROUBLE.test(cause.code);
  return isOfStatement ? cause : new TritoneError('store.unavailable', { reason: 'it cannot be reached' }, { cause });
}
