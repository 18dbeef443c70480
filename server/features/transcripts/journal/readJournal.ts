import { open } from 'node:fs/promises';
import { type JournalRecord, readRecord } from './journalRecord.ts';
import { type JournalPosition, listSegments, segmentFile } from './segments.ts';

export interface JournalBatch {
  readonly records: readonly JournalRecord[];
  /** Lines that hold nothing: cut short by a kill, or damaged. */
  readonly unreadable: number;
  /** After the last of `records`. */
  readonly position: JournalPosition;
}

const BATCH_BYTES = 256 * 1024;
const LINE_FEED = 0x0a;

/**
 * What stands in the journal after `from`, up to `until`, some hundred records at most; undefined where there is nothing.
 * @throws Error of the file system
 */
export async function readJournal(
  folder: string,
  from: JournalPosition | undefined,
  until: JournalPosition,
): Promise<JournalBatch | undefined> {
  for (const segment of listSegments(folder)) {
    if (segment > until.segment || (from !== undefined && segment < from.segment)) continue;
    const offset = from?.segment === segment ? from.byteOffset : 0;
    const end = segment === until.segment ? until.byteOffset : undefined;
    const batch = await readSegment(folder, segment, offset, end);
    if (batch !== undefined) return batch;
  }
  return undefined;
}

async function readSegment(
  folder: string,
  segment: number,
  offset: number,
  end: number | undefined,
): Promise<JournalBatch | undefined> {
  const file = await open(segmentFile(folder, segment), 'r');
  try {
    const limit = end ?? (await file.stat()).size;
    for (let size = BATCH_BYTES; offset < limit; size *= 2) {
      const bytes = Buffer.alloc(Math.min(size, limit - offset));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
      if (bytesRead === 0) return undefined;
      const isAll = offset + bytesRead >= limit;
      const whole = bytes.lastIndexOf(LINE_FEED, bytesRead - 1) + 1;
      // A line longer than the batch: once more with room for it. At the end of a file it was cut short by a kill.
      if (whole === 0 && !isAll) continue;
      const used = whole === 0 ? bytesRead : whole;
      const lines = bytes
        .toString('utf8', 0, used)
        .split('\n')
        .filter((line) => line !== '');
      const records = lines.map(readRecord).filter((record) => record !== undefined);
      return { records, unreadable: lines.length - records.length, position: { segment, byteOffset: offset + used } };
    }
    return undefined;
  } finally {
    await file.close();
  }
}
