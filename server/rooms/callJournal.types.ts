import type { LogEntry } from '../../shared/roomLog.ts';

export interface JournaledCall {
  readonly callId: string;
  readonly room: string;
  /** Ms since the epoch. */
  readonly startedAtMs: number;
}

/** Keeps what was said before anyone sees it as said. Written by rooms, which know nothing of what becomes of it. */
export interface CallJournal {
  begun(call: JournaledCall): void;
  /** At once and without waiting. False where it could not be kept: whoever shows it says so. */
  keep(callId: string, entry: LogEntry): boolean;
  ended(callId: string, atMs: number): void;
}

/** For those who keep nothing. */
export const noJournal: CallJournal = { begun: () => {}, keep: () => true, ended: () => {} };
