import { TritoneError } from '../../../shared/errors.ts';
import type { SearchPage, SearchWish, StoredCall, StoredUtterance } from './store/transcriptStore.ts';
import {
  type CallStore,
  readTranscript,
  type Transcript,
  type TranscriptCall,
  type TranscriptLine,
} from './transcript.ts';

/** What outlasts the server. */
export interface Archive {
  calls(room: string): Promise<readonly StoredCall[]>;
  utterances(callId: string): Promise<readonly StoredUtterance[]>;
  search(wish: SearchWish): Promise<SearchPage>;
  /** False where there is no such call. */
  deleteCall(callId: string): Promise<boolean>;
}

export interface CallInfo {
  readonly callId: string;
  /** Ms since the epoch. */
  readonly startedAtMs: number;
  readonly endedAtMs: number | undefined;
}

/** The calls of a room: those that run or ended a short while ago as the rooms have them, older ones from the archive. */
export class CallLibrary {
  readonly #recent: CallStore;
  readonly #archive: Archive;

  constructor(recent: CallStore, archive: Archive) {
    this.#recent = recent;
    this.#archive = archive;
  }

  /** Oldest first. @throws TritoneError `room.not_found` */
  async calls(room: string): Promise<readonly CallInfo[]> {
    const recent = this.#recent.calls(room);
    const known = new Set(recent.map(({ callId }) => callId));
    // Without the archive there is still what is remembered.
    const stored = await this.#archive.calls(room).catch((cause: unknown) => {
      if (recent.length === 0) throw cause;
      return [];
    });
    const calls = [...stored.filter(({ callId }) => !known.has(callId)), ...recent].map(infoOf);
    if (calls.length === 0) throw new TritoneError('room.not_found', { room });
    return calls.toSorted((a, b) => a.startedAtMs - b.startedAtMs);
  }

  /** Of the call, else of the running or last one. @throws TritoneError `room.not_found`, `call.not_found`, `store.unavailable` */
  async transcript(room: string, callId: string | undefined): Promise<CallInfo & Transcript> {
    const recent = this.#recent.calls(room);
    const remembered = callId === undefined ? recent.at(-1) : recent.find((call) => call.callId === callId);
    if (remembered !== undefined) return { ...infoOf(remembered), ...readTranscript(remembered.entries()) };
    const calls = await this.calls(room);
    const call = callId === undefined ? calls.at(-1) : calls.find((each) => each.callId === callId);
    if (call === undefined) throw new TritoneError('call.not_found', { callId: callId ?? '', room });
    const utterances = await this.#archive.utterances(call.callId);
    return { ...call, lines: utterances.map(lineOf), gaps: [] };
  }

  /** @throws TritoneError `store.unavailable` */
  search(wish: SearchWish): Promise<SearchPage> {
    return this.#archive.search(wish);
  }

  /** For good. @throws TritoneError `room.not_found`, `call.not_found`, `call.running`, `store.unavailable` */
  async delete(room: string, callId: string): Promise<void> {
    const call = (await this.calls(room)).find((each) => each.callId === callId);
    if (call === undefined) throw new TritoneError('call.not_found', { callId, room });
    if (call.endedAtMs === undefined && this.#recent.calls(room).some((each) => each.callId === callId)) {
      throw new TritoneError('call.running', { callId });
    }
    await this.#archive.deleteCall(callId);
    this.#recent.forget(room, callId);
  }
}

function infoOf({ callId, startedAtMs, endedAtMs }: TranscriptCall | StoredCall): CallInfo {
  return { callId, startedAtMs, endedAtMs };
}

function lineOf(said: StoredUtterance): TranscriptLine {
  const { participantId, speaker, source, startMs, endMs, language, text, words, translations } = said;
  return { participantId, speaker, source, startMs, endMs, language, text, words: [...words], translations };
}
