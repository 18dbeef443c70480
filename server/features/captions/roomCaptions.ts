import { TritoneError } from '../../../shared/errors.ts';
import type { RoomEvents, RoomHandle, RoomTrack } from '../../rooms/roomHandle.ts';
import type { Clock } from '../../streams/clock.ts';
import type { Log } from '../../streams/log.ts';
import { onAbort } from '../../streams/onAbort.ts';
import { sleep } from '../../streams/sleep.ts';
import { BackOff } from '../speech/backOff.ts';
import { CaptionAssembler } from '../speech/captionAssembler.ts';
import type { CaptionMetrics } from './captionMetrics.ts';
import type { OpeningLine } from './openingLine.ts';
import { RoomSink } from './roomSink.ts';
import { TrackCaptioner } from './trackCaptioner.ts';
import { WaitingCount } from './waitingCount.ts';

/** When a call ends, the last words have this long to become captions. */
const LAST_WORDS_MS = 2000;
/** And what did not become one is marked as a gap within this time. */
const LAST_MARKS_MS = 200;
const REOPEN_TAP_PAUSES_MS = [100, 250, 1000];

export interface RoomCaptionsOptions {
  room: RoomHandle;
  line: OpeningLine;
  clock: Clock;
  log: Log;
  metrics: CaptionMetrics;
}

/** Captions every microphone and every screen's sound of one call, from the tracks' coming to their last word. */
export class RoomCaptions implements AsyncDisposable {
  readonly #options: RoomCaptionsOptions;
  /** Nothing is captioned any more. */
  readonly #abort = new AbortController();
  /** Nothing is written any more. */
  readonly #closed = new AbortController();
  readonly #forgets: (() => void)[] = [];
  readonly #captioners = new Map<string, TrackCaptioner>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #captionCounts = new Map<string, number>();
  readonly #waiting = new WaitingCount((participantId, waiting) => {
    if (!this.#closed.signal.aborted)
      this.#options.room.log.append({ type: 'captions-waiting', participantId, waiting });
  });
  #activeSpeaker: string | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: RoomCaptionsOptions) {
    this.#options = options;
    const { room } = options;
    this.#forgets.push(onAbort(room.signal, () => this.#stop()));
    this.#on('trackPublished', (track) => this.#add(track));
    this.#on('trackPaused', ({ trackId }) => void this.#captioners.get(trackId)?.endSpurtSoon());
    this.#on('trackClosed', ({ trackId }) => void this.#captioners.get(trackId)?.finish());
    this.#on('activeSpeaker', (participantId) => {
      this.#activeSpeaker = participantId;
    });
    for (const track of room.tracks()) this.#add(track);
  }

  /** Lets the last words become captions, 2 s at most. Never rejects; twice is once. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #on<E extends keyof RoomEvents>(event: E, listener: (...args: RoomEvents[E]) => void): void {
    const { events } = this.#options.room;
    events.on(event, listener as never);
    this.#forgets.push(() => events.off(event, listener as never));
  }

  #add(track: RoomTrack): void {
    const { room } = this.#options;
    if (track.kind !== 'audio' || this.#running.has(track.trackId) || this.#closing !== undefined) return;
    if (room.participant(track.participantId)?.synthetic !== false) return;
    const running = this.#captionTrack(track).finally(() => this.#running.delete(track.trackId));
    this.#running.set(track.trackId, running);
  }

  /** Never rejects. */
  async #captionTrack(track: RoomTrack): Promise<void> {
    const { clock, room } = this.#options;
    const { signal } = this.#abort;
    const log = this.#options.log.child({ callId: room.callId, participantId: track.participantId });
    const backOff = new BackOff(clock, REOPEN_TAP_PAUSES_MS);
    while (this.#isWanted(track)) {
      try {
        await this.#captionTap(track, log);
      } catch (cause) {
        const { code, retryable } = TritoneError.from(cause, 'internal');
        log.warn({ code, trackId: track.trackId, err: cause }, 'audio tap failed');
        if (!retryable && code !== 'internal') return;
      } finally {
        this.#captioners.delete(track.trackId);
      }
      if (this.#isWanted(track)) await backOff.pause(signal);
    }
  }

  async #captionTap(track: RoomTrack, log: Log): Promise<void> {
    const { clock, line, metrics, room } = this.#options;
    const { signal } = this.#abort;
    const { participantId, trackId } = track;
    const source = track.source === 'screen-audio' ? 'screen' : 'microphone';
    const isActive = () => this.#activeSpeaker === participantId;
    const sink = new RoomSink({
      room,
      participantId,
      source,
      isActive,
      waiting: this.#waiting,
      metrics,
      signal: this.#closed.signal,
    });
    const nextId = () => this.#nextCaptionId(participantId);
    const assemble = () => new CaptionAssembler({ participantId, source, nextId });
    const tap = await room.openTap(trackId, signal);
    const captioner = new TrackCaptioner({ tap, assemble, line, sink, clock, log, metrics, signal });
    this.#captioners.set(trackId, captioner);
    if (!this.#isWanted(track)) void captioner.finish();
    await captioner.run();
  }

  #isWanted({ trackId }: RoomTrack): boolean {
    if (this.#abort.signal.aborted || this.#closing !== undefined) return false;
    return this.#options.room.tracks().some((track) => track.trackId === trackId);
  }

  #nextCaptionId(participantId: string): string {
    const count = (this.#captionCounts.get(participantId) ?? 0) + 1;
    this.#captionCounts.set(participantId, count);
    return `${participantId}:${count}`;
  }

  async #close(): Promise<void> {
    for (const captioner of this.#captioners.values()) void captioner.finish();
    await this.#allEnded(LAST_WORDS_MS);
    this.#abort.abort();
    await this.#allEnded(LAST_MARKS_MS);
    this.#stop();
    for (const forget of this.#forgets) forget();
  }

  #stop(): void {
    this.#closed.abort();
    this.#abort.abort();
  }

  async #allEnded(deadlineMs: number): Promise<void> {
    const done = new AbortController();
    const ended = Promise.all(this.#running.values()).then(() => done.abort());
    await Promise.race([ended, sleep(this.#options.clock, deadlineMs, done.signal)]);
  }
}
