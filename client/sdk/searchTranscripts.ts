import { type ErrorBody, TritoneError } from '../../shared/errors.ts';

export interface TranscriptSearch {
  /** Origin of the server; the page's own unless given. */
  readonly url?: string;
  readonly room: string;
  /** Words that must all occur, in any script; the last one perhaps unfinished. */
  readonly text?: string;
  /** Part of the speaker's name. */
  readonly speaker?: string;
  /** Tag of the language spoken. */
  readonly language?: string;
  /** At most; 50 unless given. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export interface TranscriptHit {
  readonly callId: string;
  readonly captionId: string;
  readonly participantId: string;
  readonly speaker?: string;
  /** Ms since the call began. */
  readonly startMs: number;
  readonly endMs: number;
  /** Ms since the epoch. */
  readonly saidAtMs: number;
  readonly language: string;
  readonly text: string;
  readonly translations: Readonly<Record<string, string>>;
}

export interface TranscriptHits {
  /** Latest first. */
  readonly hits: readonly TranscriptHit[];
  readonly next?: string;
}

/** In everything that was ever said in a room. @throws TritoneError `store.unavailable`, `request.invalid`, `connection.unreachable` */
export async function searchTranscripts(search: TranscriptSearch): Promise<TranscriptHits> {
  const { url = globalThis.location.origin, room, text, ...rest } = search;
  const address = new URL(`/api/rooms/${encodeURIComponent(room)}/search`, url);
  for (const [name, value] of Object.entries({ q: text, ...rest })) {
    if (value !== undefined && value !== '') address.searchParams.set(name, String(value));
  }
  const response = await fetch(address).catch((cause: unknown) => {
    throw new TritoneError('connection.unreachable', {}, { cause });
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return answer as TranscriptHits;
  const error = (answer as { error?: ErrorBody } | undefined)?.error;
  throw error === undefined ? new TritoneError('internal') : TritoneError.fromBody(error);
}
