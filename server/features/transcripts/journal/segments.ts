import { readdirSync } from 'node:fs';
import path from 'node:path';

/** A place in the journal: everything before it is settled. */
export interface JournalPosition {
  readonly segment: number;
  readonly byteOffset: number;
}

const NAME = /^journal-(\d{8})\.log$/;

export function segmentFile(folder: string, segment: number): string {
  return path.join(folder, `journal-${String(segment).padStart(8, '0')}.log`);
}

/** Numbers of the segments that there are, rising. */
export function listSegments(folder: string): number[] {
  return readdirSync(folder)
    .map((name) => NAME.exec(name)?.[1])
    .filter((number) => number !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}
