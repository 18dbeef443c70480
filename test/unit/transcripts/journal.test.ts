import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journal } from '../../../server/features/transcripts/journal/journal.ts';
import {
  type JournalRecord,
  readRecord,
  writeRecord,
} from '../../../server/features/transcripts/journal/journalRecord.ts';
import { readJournal } from '../../../server/features/transcripts/journal/readJournal.ts';
import { segmentFile } from '../../../server/features/transcripts/journal/segments.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { noMetrics } from '../../../server/streams/metrics.ts';
import type { LogEntry } from '../../../shared/roomLog.ts';
import { VirtualClock } from '../../fixtures/virtualClock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tritone-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const callId = '00000000-0000-4000-8000-000000000001';

function caption(seq: number, text: string, final = true): LogEntry {
  const said = { id: `c${seq}`, participantId: 'p', source: 'microphone', revision: 0, startMs: 0, endMs: 1 } as const;
  return {
    seq,
    atMs: seq,
    event: { type: 'caption', caption: { ...said, language: 'en', text, stableChars: 0, final } },
  };
}

function open(): Journal {
  return Journal.open({ folder, clock: new VirtualClock(), log: silentLog, metrics: noMetrics });
}

async function readAll(journal: Journal): Promise<{ records: JournalRecord[]; unreadable: number }> {
  const records: JournalRecord[] = [];
  let unreadable = 0;
  for (let position: Parameters<typeof readJournal>[1]; ; ) {
    const batch = await readJournal(folder, position, journal.position);
    if (batch === undefined) return { records, unreadable };
    records.push(...batch.records);
    unreadable += batch.unreadable;
    position = batch.position;
  }
}

const textsOf = (records: readonly JournalRecord[]) =>
  records.map((record) =>
    record.type === 'entry' && record.entry.event.type === 'caption' ? record.entry.event.caption.text : record.type,
  );

describe('a record', () => {
  it('comes back as it was written, whatever its script', () => {
    const record: JournalRecord = { type: 'entry', callId, entry: caption(1, 'नमस्ते\n"quoted" 🙂') };
    expect(readRecord(writeRecord(record).toString().trimEnd())).toEqual(record);
  });

  it('is nothing when a byte of it is missing or wrong', () => {
    const line = writeRecord({ type: 'ended', callId, atMs: 5 }).toString().trimEnd();
    expect(readRecord(line.slice(0, -1))).toBeUndefined();
    expect(readRecord(line.replace('5', '6'))).toBeUndefined();
  });
});

describe('the journal', () => {
  it('keeps finals and who is there, in order; not what is provisional', async () => {
    const journal = open();
    journal.begun({ callId, room: 'r', startedAtMs: 1 });
    expect(journal.keep(callId, caption(1, 'partial', false))).toBe(true);
    expect(journal.keep(callId, caption(2, 'final'))).toBe(true);
    journal.ended(callId, 9);
    expect(textsOf((await readAll(journal)).records)).toEqual(['begun', 'final', 'ended']);
    journal.close();
  });

  it('reads on after a line that a kill cut short', async () => {
    const first = open();
    first.keep(callId, caption(1, 'before'));
    const { segment } = first.position;
    first.close();
    appendFileSync(segmentFile(folder, segment), writeRecord({ type: 'ended', callId, atMs: 5 }).subarray(0, 20));
    const second = open();
    second.keep(callId, caption(2, 'after'));
    const { records, unreadable } = await readAll(second);
    expect(textsOf(records)).toEqual(['before', 'after']);
    expect(unreadable).toBe(1);
    second.close();
  });

  it('says what it cannot keep, and keeps it as soon as it can, in order', async () => {
    const clock = new VirtualClock();
    const journal = Journal.open({ folder, clock, log: silentLog, metrics: noMetrics });
    for (let seq = 1; seq <= 6; seq += 1) journal.keep(callId, caption(seq, 'x'.repeat(750_000)));
    // The next file cannot be made, as on a disk without room.
    const blocked = segmentFile(folder, journal.position.segment + 1);
    mkdirSync(blocked);
    const recovered: string[] = [];
    journal.events.on('recovered', (records) => recovered.push(...textsOf(records)));
    expect(journal.keep(callId, caption(7, 'refused'))).toBe(false);
    expect(journal.keep(callId, caption(8, 'refused too'))).toBe(false);
    await clock.advance(2000);
    expect(recovered).toEqual([]);
    rmdirSync(blocked);
    await clock.advance(2000);
    expect(recovered).toEqual(['refused', 'refused too']);
    expect(journal.keep(callId, caption(9, 'kept'))).toBe(true);
    expect(textsOf((await readAll(journal)).records).slice(6)).toEqual(['refused', 'refused too', 'kept']);
    journal.close();
  });

  it('is the same journal when it is opened again', () => {
    const first = open();
    first.close();
    const second = open();
    expect(second.journalId).toBe(first.journalId);
    second.close();
  });

  it('reads a line that is longer than a batch', async () => {
    const journal = open();
    journal.keep(callId, caption(1, 'x'.repeat(700_000)));
    journal.keep(callId, caption(2, 'short'));
    expect(textsOf((await readAll(journal)).records).map(({ length }) => length)).toEqual([700_000, 5]);
    journal.close();
  });

  it('forgets whole files that are settled, never the one that it writes', () => {
    const first = open();
    first.keep(callId, caption(1, 'old'));
    first.close();
    const second = open();
    second.keep(callId, caption(2, 'new'));
    second.forgetBefore(second.position);
    expect(readdirSync(folder).filter((name) => name.endsWith('.log'))).toHaveLength(1);
    second.close();
  });
});
