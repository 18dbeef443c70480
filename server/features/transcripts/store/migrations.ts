import type { Database } from './database.types.ts';

/** Each runs once, in order, and is never changed afterwards: a change is another one. */
const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `create table calls (
      call_id uuid primary key,
      room text not null,
      started_at timestamptz not null,
      ended_at timestamptz
    )`,
    'create index calls_of_room on calls (room, started_at)',
    `create table participants (
      call_id uuid not null references calls on delete cascade,
      participant_id text not null,
      name text not null,
      language text not null,
      synthetic boolean not null,
      primary key (call_id, participant_id)
    )`,
    `create table utterances (
      call_id uuid not null references calls on delete cascade,
      caption_id text not null,
      participant_id text not null,
      source text not null,
      start_ms double precision not null,
      end_ms double precision not null,
      language text not null,
      text text not null,
      words jsonb,
      revision integer not null,
      said_at timestamptz not null,
      terms tsvector not null,
      primary key (call_id, caption_id)
    )`,
    'create index utterances_by_time on utterances (call_id, start_ms)',
    'create index utterances_terms on utterances using gin (terms)',
    `create table revisions (
      call_id uuid not null,
      caption_id text not null,
      revision integer not null,
      text text not null,
      language text not null,
      at timestamptz not null,
      primary key (call_id, caption_id, revision),
      foreign key (call_id, caption_id) references utterances on delete cascade
    )`,
    `create table gaps (
      call_id uuid not null references calls on delete cascade,
      participant_id text not null,
      source text not null,
      start_ms double precision not null,
      end_ms double precision not null,
      reason text not null,
      primary key (call_id, participant_id, source, start_ms)
    )`,
    `create table journal_positions (
      journal_id uuid primary key,
      segment integer not null,
      byte_offset bigint not null
    )`,
  ],
  [
    `create table translations (
      call_id uuid not null,
      caption_id text not null,
      language text not null,
      text text not null,
      via text,
      revision integer not null,
      terms tsvector not null,
      primary key (call_id, caption_id, language),
      foreign key (call_id, caption_id) references utterances on delete cascade
    )`,
    'create index translations_terms on translations using gin (terms)',
    'alter table revisions add column editor text',
  ],
];

/** Two servers that start at once on one database must not migrate it twice. */
const LOCK = 0x7472_6974;

/** Brings the schema up to date. @throws as `Database` does */
export async function migrate(database: Database): Promise<void> {
  await database.query(
    'create table if not exists migrations (version integer primary key, at timestamptz not null default now())',
  );
  for (const [index, statements] of MIGRATIONS.entries()) {
    const version = index + 1;
    if (version <= (await versionOf(database))) continue;
    try {
      await database.transaction([
        { sql: 'select pg_advisory_xact_lock($1)', values: [LOCK] },
        { sql: 'insert into migrations (version) values ($1)', values: [version] },
        ...statements.map((sql) => ({ sql })),
      ]);
    } catch (cause) {
      // Another server was first.
      if ((await versionOf(database)) < version) throw cause;
    }
  }
}

async function versionOf(database: Database): Promise<number> {
  const [row] = await database.query<{ version: number | null }>('select max(version) as version from migrations');
  return row?.version ?? 0;
}
