import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Journal } from '../../../server/features/transcripts/journal/journal.ts';
import type { Database } from '../../../server/features/transcripts/store/database.types.ts';
import { EmbeddedDatabase } from '../../../server/features/transcripts/store/embeddedDatabase.ts';
import { PostgresDatabase } from '../../../server/features/transcripts/store/postgresDatabase.ts';
import { StoreWriter } from '../../../server/features/transcripts/store/storeWriter.ts';
import { TranscriptStore } from '../../../server/features/transcripts/store/transcriptStore.ts';
import { systemClock } from '../../../server/streams/clock.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { noMetrics } from '../../../server/streams/metrics.ts';
import { TritoneError } from '../../../shared/errors.ts';
import type { LogEntry } from '../../../shared/roomLog.ts';
import { lacks } from '../../fixtures/lacks.ts';
import { openTestPostgres, testPostgresUrl } from '../../fixtures/postgres.ts';

const options = { clock: systemClock, log: silentLog, metrics: noMetrics };
const postgresUrl = await testPostgresUrl();
const kinds = [
  { kind: 'the embedded database', missing: false },
  { kind: 'PostgreSQL', missing: lacks(postgresUrl !== undefined, 'no PostgreSQL answers: set DATABASE_URL') },
];

interface Saying {
  readonly id?: string;
  readonly revision?: number;
  readonly text: string;
  readonly participantId?: string;
  readonly language?: string;
  readonly atMs?: number;
}

function saying({
  id = randomUUID(),
  revision = 0,
  text,
  participantId = 'asha',
  language = 'en',
  atMs = 0,
}: Saying): LogEntry {
  const words = [{ text, startMs: atMs, endMs: atMs + 900, confidence: 0.9 }];
  const said = { id, participantId, source: 'microphone', revision, startMs: atMs, endMs: atMs + 900 } as const;
  const caption = { ...said, language, text, stableChars: text.length, words, final: true };
  return { seq: 1, atMs: atMs + 1000, event: { type: 'caption', caption } };
}

describe.each(kinds)('the store of transcripts on $kind', ({ kind, missing }) => {
  if (missing) return it.skip('needs a PostgreSQL', () => {});
  let folder: string;
  let database: Database;
  let journal: Journal;
  let writer: StoreWriter;
  let store: TranscriptStore;
  let dropDatabase = async () => {};
  let callId: string;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'tritone-store-'));
    if (kind === 'PostgreSQL') {
      const opened = await openTestPostgres(postgresUrl ?? '');
      dropDatabase = opened.drop;
      database = new PostgresDatabase(opened.url, silentLog);
    } else {
      database = EmbeddedDatabase.open(path.join(folder, 'database'), systemClock);
    }
    store = new TranscriptStore(database);
  });
  afterAll(async () => {
    await database.close();
    await dropDatabase();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    journal = Journal.open({ folder: path.join(folder, 'journal'), ...options });
    writer = new StoreWriter({ journal, database, ...options });
    callId = randomUUID();
    begin(callId, 'room');
  });
  afterEach(async () => {
    await writer.close();
    journal.close();
  });

  function begin(id: string, room: string): void {
    journal.begun({ callId: id, room, startedAtMs: Date.UTC(2026, 10, 23) });
    for (const [participantId, name] of [
      ['asha', 'Asha'],
      ['ben', 'Ben'],
    ] as const) {
      const joined = { type: 'participant-joined', participantId, name, language: 'auto', synthetic: false } as const;
      journal.keep(id, { seq: 1, atMs: 0, event: joined });
    }
  }

  async function said(...sayings: Saying[]): Promise<void> {
    for (const each of sayings) expect(journal.keep(callId, saying(each))).toBe(true);
    await writer.settled();
  }

  const textsOf = async () => (await store.utterances(callId)).map(({ text }) => text);

  it('has each utterance with its speaker, times and words', async () => {
    await said(
      { text: 'Good morning', atMs: 2500 },
      { text: 'नमस्ते', participantId: 'ben', language: 'hi', atMs: 4000 },
    );
    const [first, second] = await store.utterances(callId);
    expect(first).toMatchObject({ speaker: 'Asha', text: 'Good morning', startMs: 2500, endMs: 3400, language: 'en' });
    expect(first?.words[0]).toMatchObject({ text: 'Good morning', startMs: 2500 });
    expect(first?.saidAtMs).toBe(Date.UTC(2026, 10, 23) + 3500);
    expect(second).toMatchObject({ speaker: 'Ben', text: 'नमस्ते', language: 'hi' });
  });

  it('keeps the last revision as the text and every revision as its history', async () => {
    const id = randomUUID();
    await said({ id, text: 'I sea' }, { id, revision: 1, text: 'I see' });
    await said({ id, revision: 0, text: 'I sea' });
    expect(await textsOf()).toEqual(['I see']);
    expect((await store.revisions(callId, id)).map(({ text }) => text)).toEqual(['I sea', 'I see']);
  });

  it('keeps translations with what they translate, and finds them', async () => {
    const id = randomUUID();
    const room = `translated-${callId}`;
    callId = randomUUID();
    begin(callId, room);
    const translation = {
      captionId: id,
      captionRevision: 0,
      language: 'es',
      text: 'Buenos días',
      final: true,
    } as const;
    expect(journal.keep(callId, saying({ id, text: 'Good morning' }))).toBe(true);
    journal.keep(callId, { seq: 2, atMs: 2, event: { type: 'translation', translation } });
    journal.keep(callId, {
      seq: 3,
      atMs: 3,
      event: { type: 'translation', translation: { ...translation, captionId: 'x' } },
    });
    await writer.settled();
    expect((await store.utterances(callId))[0]?.translations).toEqual({ es: 'Buenos días' });
    expect((await store.search({ room, text: 'dias buenos', limit: 5 })).hits).toHaveLength(0);
    expect((await store.search({ room, text: 'días', limit: 5 })).hits).toHaveLength(1);
  });

  it('takes back an utterance whose final is empty', async () => {
    const id = randomUUID();
    await said({ id, text: 'cough' }, { text: 'stays' });
    await said({ id, revision: 1, text: '' });
    expect(await textsOf()).toEqual(['stays']);
  });

  it('knows the calls of a room, and when they ended', async () => {
    const other = randomUUID();
    begin(other, 'elsewhere');
    await said({ text: 'one' });
    journal.ended(callId, Date.UTC(2026, 10, 24));
    await writer.settled();
    const call = (await store.calls('room')).find((each) => each.callId === callId);
    expect(call).toMatchObject({
      startedAtMs: Date.UTC(2026, 10, 23),
      endedAtMs: Date.UTC(2026, 10, 24),
      utterances: 1,
    });
    expect((await store.calls('elsewhere')).map((each) => each.callId)).toContain(other);
  });

  it('finds words of any script, in part, by speaker, language and time, latest first, page by page', async () => {
    const room = `search-${callId}`;
    callId = randomUUID();
    begin(callId, room);
    await said(
      { text: 'The budget meeting', atMs: 1000 },
      { text: 'बजट की बैठक', participantId: 'ben', language: 'hi', atMs: 2000 },
      { text: 'வரவு செலவுத் திட்டம்', language: 'ta', atMs: 3000 },
      { text: "Ben's budget is small", participantId: 'ben', atMs: 4000 },
    );
    const find = async (wish: object) =>
      (await store.search({ room, limit: 10, ...wish })).hits.map(({ text }) => text);
    expect(await find({ text: 'BUDG' })).toEqual(["Ben's budget is small", 'The budget meeting']);
    expect(await find({ text: 'budget small' })).toEqual(["Ben's budget is small"]);
    expect(await find({ text: 'बैठ' })).toEqual(['बजट की बैठक']);
    expect(await find({ text: 'செலவு' })).toEqual(['வரவு செலவுத் திட்டம்']);
    expect(await find({ text: 'बज', language: 'en' })).toEqual([]);
    expect(await find({ text: 'budget', speaker: 'ash' })).toEqual(['The budget meeting']);
    expect(await find({ fromMs: Date.UTC(2026, 10, 23) + 4500 })).toEqual(["Ben's budget is small"]);
    expect(await find({ text: "'; drop table utterances; --" })).toEqual([]);
    const first = await store.search({ room, limit: 3 });
    const second = await store.search({ room, limit: 3, after: first.next });
    expect([...first.hits, ...second.hits]).toHaveLength(4);
    expect(second.next).toBeUndefined();
  });

  it('stores what no database takes as it is: NUL, half surrogates, SQL, markup', async () => {
    const hostile = [
      `nul \u0000 byte`,
      'half \ud83d pair',
      "'); drop table calls; --",
      '<script>alert(1)</script>',
      '\\u0000',
    ];
    await said(...hostile.map((text, index) => ({ text, atMs: index * 1000 })));
    expect(await textsOf()).toEqual(['nul  byte', 'half \ufffd pair', hostile[2], hostile[3], hostile[4]]);
  });

  it('writes each record once, though it is killed between two steps and begins anew', async () => {
    await said({ text: 'first' });
    await writer.close();
    journal.keep(callId, saying({ text: 'second', atMs: 2000 }));
    journal.close();
    journal = Journal.open({ folder: path.join(folder, 'journal'), ...options });
    writer = new StoreWriter({ journal, database, ...options });
    await said({ text: 'third', atMs: 4000 });
    expect(await textsOf()).toEqual(['first', 'second', 'third']);
  });

  it('writes what was said while the database was away, in order, when it is back', async () => {
    await writer.close();
    let away = true;
    const leaving: Database = {
      query: (sql, values) =>
        away ? Promise.reject(new TritoneError('store.unavailable')) : database.query(sql, values),
      transaction: (statements) =>
        away ? Promise.reject(new TritoneError('store.unavailable')) : database.transaction(statements),
      scrub: async () => {},
      close: async () => {},
      [Symbol.asyncDispose]: async () => {},
    };
    writer = new StoreWriter({ journal, database: leaving, ...options });
    for (const [index, text] of ['one', 'two', 'three'].entries()) {
      expect(journal.keep(callId, saying({ text, atMs: index * 1000 }))).toBe(true);
    }
    away = false;
    await writer.settled();
    expect(await textsOf()).toEqual(['one', 'two', 'three']);
  });

  it('goes on after a record that the database refuses', async () => {
    await said({ text: 'before' });
    journal.begun({ callId: 'no uuid', room: 'room', startedAtMs: 0 });
    await said({ text: 'after', atMs: 1000 });
    expect(await textsOf()).toEqual(['before', 'after']);
  });

  it('forgets a call that is deleted, and only that', async () => {
    await said({ text: 'secret' });
    const kept = callId;
    callId = randomUUID();
    begin(callId, 'room');
    await said({ text: 'gone' });
    expect(await store.deleteCalls({ callId })).toEqual([callId]);
    expect(await textsOf()).toEqual([]);
    callId = kept;
    expect(await textsOf()).toEqual(['secret']);
  });
});
