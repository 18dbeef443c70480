import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { type LogEntry, logEntrySchema } from '../../../../shared/roomLog.ts';

const callId = z.string();

/** One line of the journal. */
export const journalRecordSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('begun'), callId, room: z.string(), startedAtMs: z.number() }),
  z.object({ type: z.literal('entry'), callId, entry: logEntrySchema }),
  z.object({ type: z.literal('ended'), callId, atMs: z.number() }),
]);
export type JournalRecord = z.infer<typeof journalRecordSchema>;

const CHECKSUM_DIGITS = 8;

/** CRC-32 of the JSON in eight hex digits, a space, the JSON, a line feed: a line that was cut short does not pass. */
export function writeRecord(record: JournalRecord): Buffer {
  const json = JSON.stringify(record);
  return Buffer.from(`${checksum(json)} ${json}\n`);
}

/** Undefined for a line that was cut short or damaged, or that another version wrote. */
export function readRecord(line: string): JournalRecord | undefined {
  const json = line.slice(CHECKSUM_DIGITS + 1);
  if (line.slice(0, CHECKSUM_DIGITS) !== checksum(json)) return undefined;
  return journalRecordSchema.safeParse(JSON.parse(json)).data;
}

/** What of a call outlasts it: who was there, what was said; not who muted when. */
export function isKept({ event }: LogEntry): boolean {
  switch (event.type) {
    case 'caption':
      return event.caption.final;
    case 'translation':
      return event.translation.final && event.translation.failed === undefined;
    case 'participant-joined':
    case 'participant-updated':
    case 'caption-gap':
      return true;
    default:
      return false;
  }
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(CHECKSUM_DIGITS, '0');
}
