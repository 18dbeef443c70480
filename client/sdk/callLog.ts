import type { LogEntry } from '../../shared/roomLog.ts';
import { emptyRoomState, foldRoomState, type RoomState } from './roomState.ts';

export interface CallEntries {
  callId: string;
  entries: readonly LogEntry[];
}

/** Notices held while the answer to a join is under way: far more than a server sends in that time. */
const MAX_HELD = 1000;

/**
 * The call's log as this page has read it. After a dropped connection the join asks for what came `since`;
 * what overlaps changes nothing, so no caption is missing or doubled.
 */
export class CallLog {
  #state: RoomState = emptyRoomState;
  #callId: string | undefined;
  #joining = true;
  #held: CallEntries[] = [];

  get state(): RoomState {
    return this.#state;
  }

  get callId(): string | undefined {
    return this.#callId;
  }

  /** To hand to `room:join`; undefined before the first answer. */
  get since(): { callId: string; seq: number } | undefined {
    return this.#callId === undefined ? undefined : { callId: this.#callId, seq: this.#state.lastSeq };
  }

  /** Until `accept`, notices are held: read before the answer they would hide the entries in it. */
  beginJoin(): void {
    this.#joining = true;
    this.#held = [];
  }

  /** The answer to a join. A call of another id starts an empty page. Returns the new state. */
  accept({ callId, entries }: CallEntries): RoomState {
    if (callId !== this.#callId) this.#state = emptyRoomState;
    this.#callId = callId;
    this.#state = foldRoomState(this.#state, entries);
    this.#joining = false;
    for (const held of this.#held.splice(0)) this.read(held);
    return this.#state;
  }

  /** Entries that the server sent by itself. Those of another call are late ones from before a join. */
  read(notice: CallEntries): RoomState {
    if (this.#joining) {
      // The oldest may go: the join's answer holds them too.
      if (this.#held.push(notice) > MAX_HELD) this.#held.shift();
    } else if (notice.callId === this.#callId) {
      this.#state = foldRoomState(this.#state, notice.entries);
    }
    return this.#state;
  }
}
