import type { LogEntry } from '../../shared/roomLog.ts';
import { Room, type RoomOptions } from './room.ts';

/** An empty room ends its call after this long, so that a reload of the last page does not. */
const EMPTY_MS = 30_000;
const MAX_CALLS_PER_ROOM = 20;
const MAX_ENDED_CALLS = 200;

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
  #closed = false;

  constructor(options: RoomRegistryOptions) {
    this.#options = options;
  }

  /** The running call of `name`, begun if need be. @throws TritoneError `media.unavailable` */
  open(name: string): Promise<Room> {
    const key = name.normalize('NFC');
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
    const key = name.normalize('NFC');
    const ended = this.#ended.filter((call) => call.room === key);
    const running = this.#running.get(key);
    return running === undefined ? ended : [...ended, recordOf(running, undefined)];
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

  #endWhenEmpty(room: Room): void {
    const start = () => this.#options.clock.after(EMPTY_MS, () => void this.#end(room));
    let forget = start();
    room.occupancy.on('occupied', () => forget());
    room.occupancy.on('empty', () => {
      forget();
      forget = start();
    });
    room.signal.addEventListener('abort', () => forget(), { once: true });
  }

  async #end(room: Room): Promise<void> {
    if (this.#running.get(room.name) !== room) return;
    this.#running.delete(room.name);
    this.#rooms.delete(room.name);
    await room.close();
    this.#ended.push(recordOf(room, this.#options.clock.wallMs()));
    const ofRoom = this.#ended.filter((call) => call.room === room.name);
    const oldest =
      ofRoom.length > MAX_CALLS_PER_ROOM
        ? ofRoom[0]
        : this.#ended.length > MAX_ENDED_CALLS
          ? this.#ended[0]
          : undefined;
    if (oldest !== undefined) this.#ended.splice(this.#ended.indexOf(oldest), 1);
  }
}

function recordOf(room: Room, endedAtMs: number | undefined): CallRecord {
  return {
    room: room.name,
    callId: room.callId,
    startedAtMs: room.clock.startedAtMs,
    endedAtMs,
    entries: () => room.log.read(),
  };
}
