export interface Statement {
  readonly sql: string;
  readonly values?: readonly unknown[];
}

/** PostgreSQL's SQL, whoever runs it. */
export interface Database extends AsyncDisposable {
  /** @throws TritoneError `store.unavailable` (retryable) where it cannot be reached; Error where the statement is wrong */
  query<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** All of them or none. Fails as `query` does. */
  transaction(statements: readonly Statement[]): Promise<void>;
  /**
   * Rows that are deleted stay in PostgreSQL's files until these are written anew without them: this does it. A server of
   * one's own keeps its write-ahead log as long as its settings say. Fails as `query` does.
   */
  scrub(tables: readonly string[]): Promise<void>;
  /** Never rejects; twice is once. */
  close(): Promise<void>;
}
