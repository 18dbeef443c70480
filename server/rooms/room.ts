import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { TritoneError } from '../../shared/errors.ts';
import { AudioTap } from '../media/audioTap.ts';
import type { OpenPictureEncoder } from '../media/feed/pictureEncoder.types.ts';
import type { MediaRouter, PublishRequest } from '../sfu/mediaRouter.types.ts';
import type { Clock } from '../streams/clock.ts';
import type { Log } from '../streams/log.ts';
import type { Metrics } from '../streams/metrics.ts';
import type { CallJournal } from './callJournal.types.ts';
import type { Identity } from './identity.ts';
import { Participant } from './participant.ts';
import { ReplaceableRouter } from './replaceableRouter.ts';
import { RoomClock } from './roomClock.ts';
import type {
  Feature,
  RoomEvents,
  RoomHandle,
  RoomParticipant,
  RoomTrack,
  SyntheticOptions,
  SyntheticParticipant,
} from './roomHandle.ts';
import { RoomLog } from './roomLog.ts';
import { RoomTracks } from './roomTracks.ts';
import { SyntheticGuests } from './syntheticGuests.ts';

/** A dropped connection may come back as the same participant for this long. */
const HOLD_MS = 15_000;
/** Features finish their last words within this time when a call ends. */
const CLOSE_DEADLINE_MS = 3_000;

export interface RoomOptions {
  name: string;
  openRouter: () => Promise<MediaRouter>;
  features: readonly Feature[];
  maxParticipants: number;
  /** For synthesized participants with a face. */
  openPictureEncoder: OpenPictureEncoder;
  journal: CallJournal;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}

/** One call: who is in it, their tracks, its clock and its log. Knows no feature by name. */
export class Room implements RoomHandle {
  readonly name: string;
  readonly callId = randomUUID();
  readonly events = new EventEmitter<RoomEvents>();
  /** Someone came or left. */
  readonly occupancy = new EventEmitter<{ changed: [] }>();
  readonly clock: RoomClock;
  readonly log: RoomLog;
  readonly #options: RoomOptions;
  readonly #abort = new AbortController();
  readonly #participants = new Map<string, Participant>();
  readonly #held = new Map<string, () => void>();
  readonly #tracks: RoomTracks;
  readonly #router: ReplaceableRouter;
  readonly #synthetic: SyntheticGuests;
  readonly #attached: AsyncDisposable[] = [];
  #visited = false;
  #closing: Promise<void> | undefined;

  /** @throws TritoneError `media.unavailable` */
  static async open(options: RoomOptions): Promise<Room> {
    const router = await options.openRouter();
    const room = new Room(options, router);
    for (const feature of options.features) room.#attached.push(feature.attach(room));
    return room;
  }

  private constructor(options: RoomOptions, router: MediaRouter) {
    this.#options = options;
    this.name = options.name;
    this.clock = new RoomClock(options.clock);
    const { journal } = options;
    this.log = new RoomLog(this.clock, { keep: (entry) => journal.keep(this.callId, entry) });
    journal.begun({ callId: this.callId, room: this.name, startedAtMs: this.clock.startedAtMs });
    this.events.setMaxListeners(0);
    this.#tracks = new RoomTracks(this.log, this.events);
    this.#router = new ReplaceableRouter(router, {
      openRouter: options.openRouter,
      clock: options.clock,
      log: options.log,
      signal: this.signal,
    });
    this.#router.events.on('lost', () => this.#closeTracks());
    this.#router.events.on('replaced', () => this.#moveParticipants());
    this.#router.events.on('activeSpeaker', (trackId) => this.#reportActiveSpeaker(trackId));
    const { openPictureEncoder, clock, log, metrics } = options;
    this.#synthetic = new SyntheticGuests({
      router: this.#router,
      roomLog: this.log,
      tracks: this.#tracks,
      openPictureEncoder,
      clock,
      log,
      metrics,
      changed: () => this.occupancy.emit('changed'),
    });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get rtpCapabilities(): MediaRouter['rtpCapabilities'] {
    return this.#router.current.rtpCapabilities;
  }

  tracks(): readonly RoomTrack[] {
    return this.#tracks.all();
  }

  participant(participantId: string): RoomParticipant | undefined {
    return this.#participants.get(participantId) ?? this.#synthetic.find(participantId);
  }

  /** People; those held for a return among them. */
  get participantCount(): number {
    return this.#participants.size;
  }

  get syntheticCount(): number {
    return this.#synthetic.size;
  }

  /** Whether a person has ever been in this call. */
  get visited(): boolean {
    return this.#visited;
  }

  /** @throws TritoneError `room.full`, `room.closed`, `media.worker_died` */
  join(identity: Identity, { name, language }: { name: string; language: string }): Participant {
    this.#mustAdmit();
    const media = this.#router.current.openPeer();
    const participant = new Participant({ identity, name, language, media }, (trackId) => this.#tracks.remove(trackId));
    const { participantId } = participant;
    this.#participants.set(participantId, participant);
    this.log.append({ type: 'participant-joined', participantId, name, language, synthetic: false });
    this.#visited = true;
    this.occupancy.emit('changed');
    return participant;
  }

  async addSynthetic(options: SyntheticOptions): Promise<SyntheticParticipant> {
    this.#mustAdmit();
    return this.#synthetic.add(options);
  }

  /** The participant who was given `resumeToken`, if still in the call. Another page of the same participant is ended. */
  resume(resumeToken: string): Participant | undefined {
    for (const participant of this.#participants.values()) {
      if (participant.resumeToken !== resumeToken) continue;
      if (this.#held.has(participant.participantId)) this.#release(participant.participantId);
      else participant.events.emit('ended', new TritoneError('room.taken_over'));
      return participant;
    }
    return undefined;
  }

  /** The connection is gone; the participant leaves unless it returns in time. */
  hold(participantId: string): void {
    if (!this.#participants.has(participantId) || this.#held.has(participantId)) return;
    this.#held.set(
      participantId,
      this.#options.clock.after(HOLD_MS, () => this.leave(participantId)),
    );
  }

  leave(participantId: string): void {
    const participant = this.#participants.get(participantId);
    if (participant === undefined) return;
    this.#release(participantId);
    this.#tracks.removeAllOf(participantId);
    this.#participants.delete(participantId);
    participant.media.close();
    this.log.append({ type: 'participant-left', participantId });
    if (participant.captionLanguage !== undefined) this.events.emit('captionLanguages');
    this.occupancy.emit('changed');
  }

  update(participantId: string, change: { name?: string | undefined; language?: string | undefined }): void {
    const participant = this.#participants.get(participantId);
    if (participant?.update(change) !== true) return;
    const { name, language } = participant;
    this.log.append({ type: 'participant-updated', participantId, name, language });
    this.events.emit('participantUpdated', participant);
  }

  captionLanguages(): readonly string[] {
    const read = [...this.#participants.values()].map(({ captionLanguage }) => captionLanguage);
    return [...new Set(read.filter((tag) => tag !== undefined))];
  }

  /** What one reads is nobody else's affair: it is not in the log. */
  readIn(participantId: string, language: string): void {
    if (this.#participants.get(participantId)?.readIn(language) === true) this.events.emit('captionLanguages');
  }

  /** Someone corrects what was heard. @throws TritoneError `caption.not_found` */
  editCaption(participantId: string, { captionId, text }: { captionId: string; text: string }): void {
    const caption = this.log.caption(captionId);
    if (caption?.final !== true) throw new TritoneError('caption.not_found', { captionId });
    if (caption.text === text) return;
    // When which word was spoken is known of the words that were heard alone.
    const { words: _, ...heard } = caption;
    const edited = { ...heard, text, revision: caption.revision + 1, stableChars: 0, editedBy: participantId };
    this.log.append({ type: 'caption', caption: edited });
  }

  /** @throws TritoneError `media.*`, `track.source_taken` */
  async publish(participant: Participant, request: PublishRequest): Promise<string> {
    const trackId = await participant.media.publish(request);
    if (this.#participants.get(participant.participantId) !== participant) throw new TritoneError('room.closed');
    const { kind, source, paused } = request;
    this.#tracks.add({ trackId, participantId: participant.participantId, kind, source, paused });
    return trackId;
  }

  /** @throws TritoneError `track.not_found` */
  async setTrackPaused(participant: Participant, trackId: string, paused: boolean): Promise<void> {
    this.#tracks.owned(trackId, participant.participantId);
    await participant.media.setTrackPaused(trackId, paused);
    this.#tracks.setPaused(trackId, paused);
  }

  /** @throws TritoneError `track.not_found` */
  closeTrack(participant: Participant, trackId: string): void {
    this.#tracks.owned(trackId, participant.participantId);
    participant.media.closeTrack(trackId);
    this.#tracks.remove(trackId);
  }

  async openTap(trackId: string, signal: AbortSignal): Promise<AudioTap> {
    const { clock, log, metrics } = this.#options;
    if (this.#tracks.find(trackId)?.kind !== 'audio') throw new TritoneError('track.not_found', { trackId });
    const router = this.#router.current;
    return AudioTap.open({ router, trackId, roomNowMs: () => this.clock.nowMs(), clock, log, metrics, signal });
  }

  /** Ends the call: everyone is told, features finish. Never rejects; twice is once. */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    for (const participant of [...this.#participants.values()]) {
      participant.events.emit('ended', new TritoneError('room.closed'));
      this.leave(participant.participantId);
    }
    const left = this.#synthetic.close();
    const finished = Promise.allSettled([left, ...this.#attached.map((attached) => attached[Symbol.asyncDispose]())]);
    await Promise.race([
      finished,
      new Promise<void>((resolve) => this.#options.clock.after(CLOSE_DEADLINE_MS, resolve)),
    ]);
    this.#abort.abort();
    this.#options.journal.ended(this.callId, this.#options.clock.wallMs());
    this.#router.close();
  }

  #mustAdmit(): void {
    if (this.#closing !== undefined || this.signal.aborted) throw new TritoneError('room.closed');
    if (this.#participants.size + this.#synthetic.size >= this.#options.maxParticipants)
      throw new TritoneError('room.full', { room: this.name });
  }

  #release(participantId: string): void {
    this.#held.get(participantId)?.();
    this.#held.delete(participantId);
  }

  #closeTracks(): void {
    for (const track of this.#tracks.all()) this.#tracks.remove(track.trackId);
  }

  #moveParticipants(): void {
    for (const participant of this.#participants.values()) {
      participant.moveTo(this.#router.current.openPeer(), 'The media worker was replaced');
    }
  }

  #reportActiveSpeaker(trackId: string | undefined): void {
    const track = trackId === undefined ? undefined : this.#tracks.find(trackId);
    this.events.emit('activeSpeaker', track?.participantId);
  }
}
