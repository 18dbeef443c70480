import type { Statement } from './database.types.ts';

export type EmbeddedRequest =
  | { id: number; type: 'query'; sql: string; values: readonly unknown[] }
  | { id: number; type: 'transaction'; statements: readonly Statement[] }
  | { id: number; type: 'close' };

export interface EmbeddedAnswer {
  id: number;
  rows?: unknown[];
  problem?: string;
}
