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
  /** Never rejects; twice is once. */
  close(): Promise<void>;
}
