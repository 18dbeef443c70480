import type { Caption } from '../../../../shared/captions.ts';
import type { LogEventOf } from '../../../../shared/roomLog.ts';
import type { CaptionTranslation } from '../../../../shared/translations.ts';
import type { JournalRecord } from '../journal/journalRecord.ts';
import type { Statement } from './database.types.ts';
import { searchTerms } from './searchTerms.ts';

/** What brings a run of records into the store. Running it again changes nothing. */
export function statementsOf(records: readonly JournalRecord[]): Statement[] {
  const statements: Statement[] = [];
  // A call before what was said in it: its row may come with a later record of another call.
  for (const record of records) if (record.type === 'begun') statements.push(beginCall(record));
  const captions = new Map<string, { callId: string; atMs: number; caption: Caption }>();
  const translations = new Map<string, { callId: string; translation: CaptionTranslation }>();
  for (const record of records) {
    if (record.type === 'ended') statements.push(endCall(record));
    if (record.type !== 'entry') continue;
    const { callId, entry } = record;
    if (entry.event.type === 'caption') {
      const { caption } = entry.event;
      captions.set(`${callId} ${caption.id} ${caption.revision}`, { callId, atMs: entry.atMs, caption });
    } else if (entry.event.type === 'translation') {
      const { translation } = entry.event;
      translations.set(`${callId} ${translation.captionId} ${translation.language}`, { callId, translation });
    } else if (entry.event.type === 'caption-gap') {
      statements.push(addGap(callId, entry.event));
    } else if (entry.event.type === 'participant-joined' || entry.event.type === 'participant-updated') {
      statements.push(knowParticipant(callId, entry.event));
    }
  }
  // A translation after what it translates.
  statements.push(...saveCaptions([...captions.values()]), ...saveTranslations([...translations.values()]));
  return statements;
}

function beginCall({ callId, room, startedAtMs }: Extract<JournalRecord, { type: 'begun' }>): Statement {
  return {
    sql: `insert into calls (call_id, room, started_at) values ($1, $2, to_timestamp($3 / 1000.0))
      on conflict (call_id) do nothing`,
    values: [callId, clean(room), startedAtMs],
  };
}

function endCall({ callId, atMs }: Extract<JournalRecord, { type: 'ended' }>): Statement {
  return { sql: 'update calls set ended_at = to_timestamp($2 / 1000.0) where call_id = $1', values: [callId, atMs] };
}

type ParticipantEvent = LogEventOf<'participant-joined'> | LogEventOf<'participant-updated'>;

function knowParticipant(callId: string, event: ParticipantEvent): Statement {
  const synthetic = event.type === 'participant-joined' && event.synthetic;
  return {
    sql: `insert into participants (call_id, participant_id, name, language, synthetic)
      select $1::uuid, $2, $3, $4, $5::boolean where exists (select from calls where call_id = $1::uuid)
      on conflict (call_id, participant_id) do update set name = excluded.name, language = excluded.language`,
    values: [callId, event.participantId, clean(event.name), event.language, synthetic],
  };
}

function addGap(callId: string, gap: LogEventOf<'caption-gap'>): Statement {
  return {
    sql: `insert into gaps (call_id, participant_id, source, start_ms, end_ms, reason)
      select $1::uuid, $2, $3, $4::double precision, $5::double precision, $6
      where exists (select from calls where call_id = $1::uuid)
      on conflict do nothing`,
    values: [callId, gap.participantId, gap.source, gap.startMs, gap.endMs, gap.reason],
  };
}

/** In bulk: the last revision of each stands in `utterances`, all in `revisions`; an empty text takes the utterance back. */
function saveCaptions(said: readonly { callId: string; atMs: number; caption: Caption }[]): Statement[] {
  if (said.length === 0) return [];
  const latest = new Map<string, (typeof said)[number]>();
  for (const each of said) {
    const key = `${each.callId} ${each.caption.id}`;
    const known = latest.get(key);
    if (known === undefined || known.caption.revision <= each.caption.revision) latest.set(key, each);
  }
  const columns = [...latest.values()].map(({ callId, atMs, caption }) => ({
    call_id: callId,
    caption_id: caption.id,
    participant_id: caption.participantId,
    source: caption.source,
    start_ms: caption.startMs,
    end_ms: caption.endMs,
    language: caption.language,
    text: clean(caption.text),
    words: caption.words?.map((word) => ({ ...word, text: clean(word.text) })) ?? null,
    revision: caption.revision,
    at_ms: atMs,
    terms: searchTerms(clean(caption.text)),
  }));
  const all = said.map(({ callId, atMs, caption }) => ({
    call_id: callId,
    caption_id: caption.id,
    revision: caption.revision,
    text: clean(caption.text),
    language: caption.language,
    at_ms: atMs,
    editor: caption.editedBy ?? null,
  }));
  return [
    {
      sql: `insert into utterances (call_id, caption_id, participant_id, source, start_ms, end_ms, language, text, words,
          revision, said_at, terms)
        select c.call_id, r.caption_id, r.participant_id, r.source, r.start_ms, r.end_ms, r.language, r.text, r.words,
          r.revision, c.started_at + r.at_ms * interval '1 millisecond',
          array_to_tsvector(array(select jsonb_array_elements_text(r.terms)))
        from jsonb_to_recordset($1::jsonb) as r(call_id uuid, caption_id text, participant_id text, source text,
          start_ms double precision, end_ms double precision, language text, text text, words jsonb, revision integer,
          at_ms double precision, terms jsonb)
        join calls c using (call_id)
        on conflict (call_id, caption_id) do update set participant_id = excluded.participant_id,
          start_ms = excluded.start_ms, end_ms = excluded.end_ms, language = excluded.language, text = excluded.text,
          words = excluded.words, revision = excluded.revision, terms = excluded.terms
        where excluded.revision >= utterances.revision`,
      values: [JSON.stringify(columns)],
    },
    {
      sql: `insert into revisions (call_id, caption_id, revision, text, language, at, editor)
        select c.call_id, r.caption_id, r.revision, r.text, r.language,
          c.started_at + r.at_ms * interval '1 millisecond', r.editor
        from jsonb_to_recordset($1::jsonb) as r(call_id uuid, caption_id text, revision integer, text text, language text,
          at_ms double precision, editor text)
        join calls c using (call_id) join utterances u using (call_id, caption_id)
        on conflict do nothing`,
      values: [JSON.stringify(all)],
    },
    {
      sql: `delete from utterances u using jsonb_to_recordset($1::jsonb) as r(call_id uuid, caption_id text)
        where u.call_id = r.call_id and u.caption_id = r.caption_id and u.text = ''`,
      values: [JSON.stringify(columns.map(({ call_id, caption_id }) => ({ call_id, caption_id })))],
    },
  ];
}

function saveTranslations(made: readonly { callId: string; translation: CaptionTranslation }[]): Statement[] {
  if (made.length === 0) return [];
  const rows = made.map(({ callId, translation }) => ({
    call_id: callId,
    caption_id: translation.captionId,
    language: translation.language,
    text: clean(translation.text),
    via: translation.via ?? null,
    revision: translation.captionRevision,
    terms: searchTerms(clean(translation.text)),
  }));
  return [
    {
      sql: `insert into translations (call_id, caption_id, language, text, via, revision, terms)
        select r.call_id, r.caption_id, r.language, r.text, r.via, r.revision,
          array_to_tsvector(array(select jsonb_array_elements_text(r.terms)))
        from jsonb_to_recordset($1::jsonb) as r(call_id uuid, caption_id text, language text, text text, via text,
          revision integer, terms jsonb)
        join utterances u using (call_id, caption_id)
        on conflict (call_id, caption_id, language) do update set text = excluded.text, via = excluded.via,
          revision = excluded.revision, terms = excluded.terms
        where excluded.revision >= translations.revision`,
      values: [JSON.stringify(rows)],
    },
  ];
}

/** PostgreSQL's text holds no NUL and no half of a surrogate pair. */
function clean(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '');
}
