import type { LogEntry } from '../../shared/roomLog.ts';
import { roomKey } from '../../shared/roomName.ts';
import { Room, type RoomOptions } from './room.ts';

/** An empty room ends its call after this long, so that a reload of the last page does not. */
const EMPTY_MS = 30_000;
/** What the server sends into a call does not keep it going when the last person has left, */
const UNATTENDED_MS = 60_000;
/** and waits this long for the first. */
const UNVISITED_MS = 600_000;
const MAX_CALLS_PER_ROOM = 20;
/** Log entries of ended calls that are remembered in all: some hundred hours of talk. */
const MAX_ENDED_ENTRIES = 300_000;

/** A call that runs or ran, with its log. */
export interface CallRecord {
  readonly room: string;
  readonly callId: string;
  /** Ms since the epoch. */
  readonly startedAtMs: number;
  readonly endedAtMs: number | undefined;
  entries(): LogEntry[];
}

export type RoomRegistryOptions = Omit<RoomOptions, 'name'>;

/** Opens a room at its first participant, ends the call when all have left, remembers the last calls. */
export class RoomRegistry {
  readonly #options: RoomRegistryOptions;
  readonly #rooms = new Map<string, Promise<Room>>();
  readonly #running = new Map<string, Room>();
  /** Oldest first. Bounded: the oldest call is forgotten. */
  readonly #ended: CallRecord[] = [];
  #endedEntries = 0;
  #closed = false;

  constructor(options: RoomRegistryOptions) {
    this.#options = options;
  }

  /** The running call of `name`, begun if need be. @throws TritoneError `media.unavailable` */
  open(name: string): Promise<Room> {
    const key = roomKey(name);
    const known = this.#rooms.get(key);
    if (known !== undefined) return known;
    const opening = this.#begin(key);
    this.#rooms.set(key, opening);
    opening.catch(() => this.#rooms.delete(key));
    return opening;
  }

  running(): readonly Room[] {
    return [...this.#running.values()];
  }

  /** The calls of a room, oldest first; the running one is last. */
  calls(name: string): CallRecord[] {
    const key = roomKey(name);
    const ended = this.#ended.filter((call) => call.room === key);
    const running = this.#running.get(key);
    return running === undefined ? ended : [...ended, recordOf(running)];
  }

  /** An ended call is remembered no more. */
  forget(name: string, callId: string): void {
    const key = roomKey(name);
    this.#forget(this.#ended.filter((call) => call.room === key && call.callId === callId));
  }

  /** Ends every call. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.running().map((room) => this.#end(room)));
  }

  async #begin(name: string): Promise<Room> {
    const room = await Room.open({ ...this.#options, name });
    this.#running.set(name, room);
    this.#endWhenEmpty(room);
    if (this.#closed) await this.#end(room);
    return room;
  }

  /** The time runs from when there was reason to end the call; who comes and goes meanwhile does not begin it anew. */
  #endWhenEmpty(room: Room): void {
    let lingerMs: number | undefined;
    let forget = () => {};
    const changed = () => {
      const now = lingerOf(room);
      if (now === lingerMs) return;
      forget();
      lingerMs = now;
      forget = now === undefined ? () => {} : this.#options.clock.after(now, () => void this.#end(room));
    };
    changed();
    room.occupancy.on('changed', changed);
    room.signal.addEventListener('abort', () => forget(), { once: true });
  }

  async #end(room: Room): Promise<void> {
    if (this.#running.get(room.name) !== room) return;
    this.#running.delete(room.name);
    this.#rooms.delete(room.name);
    await room.close();
    const entries = room.log.read();
    this.#ended.push({ ...recordOf(room), endedAtMs: this.#options.clock.wallMs(), entries: () => entries });
    this.#endedEntries += entries.length;
    this.#forget(this.#ended.filter((call) => call.room === room.name).slice(0, -MAX_CALLS_PER_ROOM));
    while (this.#endedEntries > MAX_ENDED_ENTRIES && this.#ended.length > 1) this.#forget(this.#ended.slice(0, 1));
  }

  #forget(calls: readonly CallRecord[]): void {
    for (const call of calls) {
      this.#ended.splice(this.#ended.indexOf(call), 1);
      this.#endedEntries -= call.entries().length;
    }
  }
}

/** How long a call goes on as it stands, ms; undefined: for as long as it does. */
function lingerOf({ participantCount, syntheticCount, visited }: Room): number | undefined {
  if (participantCount > 0) return undefined;
  if (syntheticCount === 0) return EMPTY_MS;
  return visited ? UNATTENDED_MS : UNVISITED_MS;
}

function recordOf(room: Room): CallRecord {
  return {
    room: room.name,
    callId: room.callId,
    startedAtMs: room.clock.startedAtMs,
    endedAtMs: undefined,
    entries: () => room.log.read(),
  };
}
