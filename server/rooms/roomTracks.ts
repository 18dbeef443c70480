import type { EventEmitter } from 'node:events';
import { TritoneError } from '../../shared/errors.ts';
import type { RoomEvents, RoomLogHandle, RoomTrack } from './roomHandle.ts';

/** The tracks of a room: each change is one log entry and one event, in that order. */
export class RoomTracks {
  readonly #log: RoomLogHandle;
  readonly #events: EventEmitter<RoomEvents>;
  readonly #tracks = new Map<string, RoomTrack>();

  constructor(log: RoomLogHandle, events: EventEmitter<RoomEvents>) {
    this.#log = log;
    this.#events = events;
  }

  all(): readonly RoomTrack[] {
    return [...this.#tracks.values()];
  }

  find(trackId: string): RoomTrack | undefined {
    return this.#tracks.get(trackId);
  }

  /** @throws TritoneError `track.not_found`, also for another participant's track */
  owned(trackId: string, participantId: string): RoomTrack {
    const track = this.#tracks.get(trackId);
    if (track === undefined || track.participantId !== participantId)
      throw new TritoneError('track.not_found', { trackId });
    return track;
  }

  add(track: RoomTrack): void {
    this.#tracks.set(track.trackId, track);
    this.#log.append({ type: 'track-published', ...track });
    this.#events.emit('trackPublished', track);
  }

  setPaused(trackId: string, paused: boolean): void {
    const track = this.#tracks.get(trackId);
    if (track === undefined || track.paused === paused) return;
    const changed = { ...track, paused };
    this.#tracks.set(trackId, changed);
    this.#log.append({ type: 'track-updated', trackId, paused });
    this.#events.emit(paused ? 'trackPaused' : 'trackResumed', changed);
  }

  remove(trackId: string): void {
    const track = this.#tracks.get(trackId);
    if (track === undefined) return;
    this.#tracks.delete(trackId);
    this.#log.append({ type: 'track-closed', trackId });
    this.#events.emit('trackClosed', track);
  }

  removeAllOf(participantId: string): void {
    for (const track of this.all()) if (track.participantId === participantId) this.remove(track.trackId);
  }
}
