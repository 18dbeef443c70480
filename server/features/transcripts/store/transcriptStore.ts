import type { CaptionSource, CaptionWord } from '../../../../shared/captions.ts';
import type { Database } from './database.types.ts';
import { searchQuery } from './searchTerms.ts';

export interface StoredCall {
  readonly callId: string;
  readonly room: string;
  /** Ms since the epoch. */
  readonly startedAtMs: number;
  readonly endedAtMs: number | undefined;
  readonly utterances: number;
}

export interface StoredUtterance {
  readonly callId: string;
  readonly captionId: string;
  readonly participantId: string;
  readonly speaker: string | undefined;
  readonly source: CaptionSource;
  /** Ms since the call began. */
  readonly startMs: number;
  readonly endMs: number;
  readonly language: string;
  readonly text: string;
  readonly words: readonly CaptionWord[];
  readonly revision: number;
  /** By language. */
  readonly translations: Readonly<Record<string, string>>;
  /** Ms since the epoch. */
  readonly saidAtMs: number;
}

export interface StoredRevision {
  readonly revision: number;
  readonly text: string;
  /** Ms since the epoch. */
  readonly atMs: number;
  /** Participant id; undefined where a recogniser wrote it. */
  readonly editedBy: string | undefined;
}

export interface SearchWish {
  readonly room: string;
  /** Words that must all occur, the last one perhaps unfinished; any utterance unless given. */
  readonly text?: string | undefined;
  /** Part of the speaker's name. */
  readonly speaker?: string | undefined;
  /** A primary tag. */
  readonly language?: string | undefined;
  /** Ms since the epoch. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string | undefined;
}

export interface SearchPage {
  /** Latest first. */
  readonly hits: readonly StoredUtterance[];
  readonly next: string | undefined;
}

interface UtteranceRow {
  call_id: string;
  caption_id: string;
  participant_id: string;
  name: string | null;
  source: CaptionSource;
  start_ms: number;
  end_ms: number;
  language: string;
  text: string;
  words: CaptionWord[] | null;
  revision: number;
  translations: Record<string, string> | null;
  said_at_ms: number;
}

const UTTERANCE = `u.call_id, u.caption_id, u.participant_id, p.name, u.source, u.start_ms, u.end_ms, u.language, u.text,
  u.words, u.revision,
  (select jsonb_object_agg(t.language, t.text) from translations t
    where t.call_id = u.call_id and t.caption_id = u.caption_id) as translations,
  (extract(epoch from u.said_at) * 1000)::double precision as said_at_ms`;
const SPEAKER = 'left join participants p on p.call_id = u.call_id and p.participant_id = u.participant_id';

const TABLES_WITH_SPEECH = ['utterances', 'translations', 'revisions', 'participants', 'gaps', 'calls'];

/** What was said in all calls, as it is asked for. Every method fails as `Database` does. */
export class TranscriptStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Of a room, oldest first. */
  async calls(room: string): Promise<StoredCall[]> {
    const rows = await this.#database.query<{
      call_id: string;
      room: string;
      started_at_ms: number;
      ended_at_ms: number | null;
      utterances: number;
    }>(
      `select c.call_id, c.room, (extract(epoch from c.started_at) * 1000)::double precision as started_at_ms,
        (extract(epoch from c.ended_at) * 1000)::double precision as ended_at_ms,
        (select count(*)::integer from utterances u where u.call_id = c.call_id) as utterances
        from calls c where c.room = $1 order by c.started_at`,
      [room],
    );
    return rows.map((row) => ({
      callId: row.call_id,
      room: row.room,
      startedAtMs: Math.round(row.started_at_ms),
      endedAtMs: row.ended_at_ms === null ? undefined : Math.round(row.ended_at_ms),
      utterances: row.utterances,
    }));
  }

  /** Of one call, in the order they were begun. */
  async utterances(callId: string): Promise<StoredUtterance[]> {
    const rows = await this.#database.query<UtteranceRow>(
      `select ${UTTERANCE} from utterances u ${SPEAKER} where u.call_id = $1 order by u.start_ms, u.caption_id`,
      [callId],
    );
    return rows.map(toUtterance);
  }

  async search(wish: SearchWish): Promise<SearchPage> {
    const query = wish.text === undefined ? undefined : searchQuery(wish.text);
    if (wish.text !== undefined && query === undefined) return { hits: [], next: undefined };
    const values: unknown[] = [wish.room];
    const given = (value: unknown) => `$${values.push(value)}`;
    const conditions = ['c.room = $1'];
    if (query !== undefined) {
      const asked = given(query);
      conditions.push(`(u.terms @@ ${asked}::tsquery or exists (select from translations t
        where t.call_id = u.call_id and t.caption_id = u.caption_id and t.terms @@ ${asked}::tsquery))`);
    }
    if (wish.speaker !== undefined) conditions.push(`strpos(lower(p.name), lower(${given(wish.speaker)})) > 0`);
    if (wish.language !== undefined) conditions.push(`u.language = ${given(wish.language)}`);
    if (wish.fromMs !== undefined) conditions.push(`u.said_at >= to_timestamp(${given(wish.fromMs)} / 1000.0)`);
    if (wish.toMs !== undefined) conditions.push(`u.said_at < to_timestamp(${given(wish.toMs)} / 1000.0)`);
    const after = readCursor(wish.after);
    if (after !== undefined) {
      const [atMs, captionId] = after;
      conditions.push(`(u.said_at, u.caption_id) < (to_timestamp(${given(atMs)} / 1000.0), ${given(captionId)})`);
    }
    const rows = await this.#database.query<UtteranceRow>(
      `select ${UTTERANCE} from utterances u join calls c on c.call_id = u.call_id ${SPEAKER}
        where ${conditions.join(' and ')} order by u.said_at desc, u.caption_id desc limit ${given(wish.limit + 1)}`,
      values,
    );
    const hits = rows.slice(0, wish.limit).map(toUtterance);
    const last = rows.length > wish.limit ? rows[wish.limit - 1] : undefined;
    return { hits, next: last && writeCursor(last.said_at_ms, last.caption_id) };
  }

  /** How an utterance came to read as it does, oldest first. */
  async revisions(callId: string, captionId: string): Promise<StoredRevision[]> {
    const rows = await this.#database.query<{
      revision: number;
      text: string;
      at_ms: number;
      editor: string | null;
    }>(
      `select revision, text, editor, (extract(epoch from at) * 1000)::double precision as at_ms from revisions
        where call_id = $1 and caption_id = $2 order by revision`,
      [callId, captionId],
    );
    return rows.map(({ revision, text, at_ms, editor }) => ({
      revision,
      text,
      atMs: Math.round(at_ms),
      editedBy: editor ?? undefined,
    }));
  }

  /** Calls that are gone afterwards, with all that was said in them. */
  async deleteCalls(which: { readonly callId: string } | { readonly endedBeforeMs: number }): Promise<string[]> {
    const [condition, value] =
      'callId' in which
        ? ['call_id = $1', which.callId]
        : ['ended_at < to_timestamp($1 / 1000.0)', which.endedBeforeMs];
    const rows = await this.#database.query<{ call_id: string }>(
      `delete from calls where ${condition} returning call_id`,
      [value],
    );
    if (rows.length > 0) await this.#database.scrub(TABLES_WITH_SPEECH);
    return rows.map((row) => row.call_id);
  }
}

function toUtterance(row: UtteranceRow): StoredUtterance {
  return {
    callId: row.call_id,
    captionId: row.caption_id,
    participantId: row.participant_id,
    speaker: row.name ?? undefined,
    source: row.source,
    startMs: row.start_ms,
    endMs: row.end_ms,
    language: row.language,
    text: row.text,
    words: row.words ?? [],
    revision: row.revision,
    translations: row.translations ?? {},
    saidAtMs: Math.round(row.said_at_ms),
  };
}

function writeCursor(atMs: number, captionId: string): string {
  return Buffer.from(JSON.stringify([atMs, captionId])).toString('base64url');
}

/** Undefined for one that is not ours: the search then begins anew. */
function readCursor(cursor: string | undefined): [number, string] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(parsed)) return undefined;
    const [atMs, captionId]: unknown[] = parsed;
    return typeof atMs === 'number' && typeof captionId === 'string' ? [atMs, captionId] : undefined;
  } catch {
    return undefined;
  }
}
