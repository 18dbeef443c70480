import type { Caption } from '../../shared/captions.ts';
import { TritoneError } from '../../shared/errors.ts';
import type { CaptionsStatus } from '../../shared/protocol.ts';
import { type ConnectionQuality, connectionQuality } from './connectionQuality.ts';
import { Emitter } from './emitter.ts';
import { layersFor } from './layers.ts';
import type { LocalTrack } from './localTrack.ts';
import { MediaSession } from './mediaSession.ts';
import { type ConnectionStatus, type Joined, Membership, type ParticipantChange } from './membership.ts';
import type { PublishOptions } from './publisher.ts';
import type { RemoteTrack } from './remoteTrack.ts';
import type { RoomState } from './roomState.ts';
import { Signaling } from './signaling.ts';
import { SkewReporter } from './skewReporter.ts';
import { watchTile } from './tileWatcher.ts';

export interface JoinOptions {
  /** Origin of the server; the page's own unless given. */
  url?: string;
  /** Letters of any script, digits, - and _; 64 at most. */
  room: string;
  /** Shown to the others; 60 characters at most. */
  name: string;
  /** Spoken language: a BCP 47 tag, or `auto` (as is without). */
  language?: string;
  /** What captions are read in: a tag, or `original` (as is without). */
  captionLanguage?: string;
  /** For servers that ask for one. */
  token?: string;
  /** ms until `join` gives up; 15 s unless given. */
  joinDeadlineMs?: number;
  /** ms that a lost connection is tried for; 5 minutes unless given. */
  returnDeadlineMs?: number;
}

export interface TritoneRoomEvents {
  connection: [status: ConnectionStatus];
  /** Participants, tracks or captions have changed. */
  state: [state: RoomState];
  /** A new revision of a caption, or an old one that this page sees for the first time. */
  caption: [caption: Caption];
  captionsStatus: [status: CaptionsStatus];
  activeSpeaker: [participantId: string | undefined];
  /** `quality` answers anew for someone. */
  quality: [];
  localTracks: [tracks: readonly LocalTrack[]];
  subscribed: [track: RemoteTrack];
  unsubscribed: [track: RemoteTrack];
  /** True: the browser plays no sound until `startAudio` is called from a click. */
  audioBlocked: [blocked: boolean];
  /** Something failed in the background; the call goes on. */
  error: [error: TritoneError];
}

/** One call as one page takes part in it. Comes back by itself after a dropped connection. */
export class TritoneRoom {
  readonly events = new Emitter<TritoneRoomEvents>();
  readonly name: string;
  readonly #signaling: Signaling;
  readonly #membership: Membership;
  readonly #media: MediaSession;
  readonly #skew: SkewReporter;
  readonly #gone = new AbortController();
  readonly #scores = new Map<string, number>();
  #captionsStatus: CaptionsStatus = { state: 'starting', languages: [], translations: [] };
  #activeSpeaker: string | undefined;
  #former: RoomState | undefined;

  /**
   * Joins without publishing anything; `publish` does that.
   * @throws TritoneError `browser.unsupported`, `connection.unreachable`, `room.full`, `protocol.version`, `access.denied`, `request.invalid`
   */
  static async join(options: JoinOptions): Promise<TritoneRoom> {
    const signaling = new Signaling({ url: options.url ?? globalThis.location.origin, token: options.token });
    try {
      const room = new TritoneRoom(options, signaling, new MediaSession(signaling));
      await room.#membership.join();
      return room;
    } catch (error) {
      signaling.close();
      throw error;
    }
  }

  private constructor(options: JoinOptions, signaling: Signaling, media: MediaSession) {
    this.name = options.room;
    this.#signaling = signaling;
    this.#media = media;
    this.#membership = new Membership({
      signaling,
      room: options.room,
      name: options.name,
      language: options.language ?? 'auto',
      captionLanguage: options.captionLanguage ?? 'original',
      joinDeadlineMs: options.joinDeadlineMs ?? 15_000,
      returnDeadlineMs: options.returnDeadlineMs ?? 300_000,
    });
    this.#skew = new SkewReporter({ signaling, state: () => this.state, tracks: () => this.remoteTracks });
    this.#listenToMembership();
    this.#listenToSignaling(signaling);
    this.#listenToMedia();
    this.#listenToPage(signaling);
  }

  get connection(): ConnectionStatus {
    return this.#membership.status;
  }

  get state(): RoomState {
    return this.#membership.state;
  }

  /** One's own. Another one after a return that came too late for the server. */
  get participantId(): string {
    return this.#membership.joined?.participantId ?? '';
  }

  /** One sitting of the room. */
  get callId(): string {
    return this.#membership.joined?.callId ?? '';
  }

  /** Wall-clock time of RoomClock 0, ms since the epoch. */
  get startedAtMs(): number {
    return this.#membership.joined?.startedAtMs ?? 0;
  }

  /** Why captions are there or not, and the languages on offer. */
  get captionsStatus(): CaptionsStatus {
    return this.#captionsStatus;
  }

  /** What captions are read in here: a tag, or `original`. */
  get captionLanguage(): string {
    return this.#membership.captionLanguage;
  }

  get activeSpeaker(): string | undefined {
    return this.#activeSpeaker;
  }

  get localTracks(): readonly LocalTrack[] {
    return this.#media.publisher.tracks;
  }

  /** By track id. */
  get remoteTracks(): ReadonlyMap<string, RemoteTrack> {
    return this.#media.subscriber.tracks;
  }

  get audioBlocked(): boolean {
    return this.#media.output.blocked;
  }

  /** ms on the RoomClock, as captions' times are. */
  nowMs(): number {
    return this.#membership.clock.nowMs();
  }

  /** Of what arrives from a participant; of one's own sending where it is oneself. */
  quality(participantId: string): ConnectionQuality {
    if (this.connection.state === 'reconnecting' && participantId === this.participantId) return 'lost';
    const scores: number[] = [];
    for (const track of this.state.tracks.values()) {
      const score = this.#scores.get(track.trackId);
      if (track.participantId === participantId && !track.paused && score !== undefined) scores.push(score);
    }
    return connectionQuality(scores);
  }

  /** How loud a participant's microphone is heard here, 0 to 1. Cheap: ask as often as a meter is drawn. */
  audioLevel(participantId: string): number {
    for (const track of this.remoteTracks.values()) {
      if (track.participantId === participantId && track.source === 'microphone') return track.audioLevel();
    }
    return 0;
  }

  /**
   * How much later a participant's picture plays here than their sound, ms; negative where it leads. Undefined where
   * there is no picture, or the browser cannot tell yet. Of avatars it is reported to the server by itself.
   */
  playoutSkewMs(participantId: string): Promise<number | undefined> {
    return this.#skew.skewMs(participantId);
  }

  /**
   * Sends a track until it is closed, through lost connections too. A camera is sent in simulcast.
   * @throws TritoneError `track.source_taken`, `media.not_negotiated`, `media.unavailable`, `access.denied`
   */
  publish(track: MediaStreamTrack, options: PublishOptions): Promise<LocalTrack> {
    return this.#media.publisher.publish(track, options);
  }

  localTrack(source: LocalTrack['source']): LocalTrack | undefined {
    return this.localTracks.find((track) => track.source === source);
  }

  /**
   * Shows a remote picture in a video element. What is received follows the element's size; hidden, nothing is.
   * The answer takes it out.
   */
  attach(trackId: string, element: HTMLVideoElement): () => void {
    const detach = this.remoteTracks.get(trackId)?.attach(element);
    const unwatch = watchTile(element, (widthPx, heightPx) => this.setTileSize(trackId, widthPx, heightPx));
    return () => {
      unwatch();
      detach?.();
      this.setTileSize(trackId, 0, 0);
    };
  }

  /** For pages that draw pictures themselves. In device pixels (CSS pixels times devicePixelRatio); 0 by 0 is hidden. */
  setTileSize(trackId: string, widthPx: number, heightPx: number): void {
    const track = this.remoteTracks.get(trackId);
    if (track?.kind === 'video') track.want(layersFor(widthPx, heightPx));
  }

  /** After `audioBlocked`; call it from a click or a key. */
  startAudio(): Promise<void> {
    return this.#media.output.start();
  }

  /** Plays on this device, `''` being the default. @throws TritoneError `device.*` */
  setSpeaker(deviceId: string): Promise<void> {
    return this.#media.output.use(deviceId);
  }

  /** @throws TritoneError `request.invalid`; `connection.lost`, in which case the change is sent at the return */
  async update(change: ParticipantChange): Promise<void> {
    const updated = this.#membership.update(change);
    if (change.captionLanguage !== undefined) this.events.emit('state', this.state);
    await updated;
  }

  /** Corrects a final, for everyone. @throws TritoneError `caption.not_found`, `access.denied`, `connection.lost` */
  async editCaption(captionId: string, text: string): Promise<void> {
    await this.#signaling.request('caption:edit', { captionId, text });
  }

  /** Leaves for good; at most 1 s. Devices stay open: they are the caller's. Never rejects. */
  leave(): Promise<void> {
    return this.#membership.leave();
  }

  #listenToMembership(): void {
    const { events } = this.#membership;
    events.on('status', (status) => {
      if (status.state === 'ended') this.#close();
      this.events.emit('connection', status);
    });
    events.on('entered', (answer) => void this.#enter(answer));
    events.on('state', (state) => this.#fold(state));
  }

  #listenToSignaling({ events }: Signaling): void {
    events.on('captions:status', (status) => this.#setCaptionsStatus(status));
    events.on('active-speaker', ({ participantId }) => {
      this.#activeSpeaker = participantId ?? undefined;
      this.events.emit('activeSpeaker', this.#activeSpeaker);
    });
    events.on('track:score', ({ trackId, score }) => this.#setScore(trackId, score));
    events.on('consumer:score', ({ trackId, score }) => this.#setScore(trackId, score));
  }

  #listenToMedia(): void {
    const { publisher, subscriber, output, events } = this.#media;
    publisher.events.on('changed', () => this.events.emit('localTracks', publisher.tracks));
    subscriber.events.on('subscribed', (track) => {
      // The server tells changes only; what has just been negotiated arrives.
      this.#setScore(track.trackId, 10);
      this.events.emit('subscribed', track);
    });
    subscriber.events.on('unsubscribed', (track) => this.events.emit('unsubscribed', track));
    subscriber.events.on('error', (error) => this.events.emit('error', error));
    events.on('error', (error) => this.events.emit('error', error));
    output.events.on('blocked', (blocked) => this.events.emit('audioBlocked', blocked));
  }

  #listenToPage(signaling: Signaling): void {
    const { signal } = this.#gone;
    globalThis.addEventListener?.('pagehide', () => this.#membership.leaveAtOnce(), { signal });
    globalThis.addEventListener?.('online', () => signaling.reconnect(), { signal });
  }

  async #enter(answer: Joined): Promise<void> {
    this.#setCaptionsStatus(answer.captions);
    if (!answer.resumed) this.#media.detach();
    try {
      await this.#media.load(answer.routerRtpCapabilities);
    } catch (cause) {
      return this.#membership.end(TritoneError.from(cause, 'browser.unsupported'));
    }
    const own = [...this.state.tracks.values()].filter((track) => track.participantId === answer.participantId);
    if (answer.resumed) await this.#media.resume(own.map(({ trackId }) => trackId));
    else await this.#media.rebuild();
  }

  #fold(state: RoomState): void {
    const others = [...state.tracks.values()].filter((track) => track.participantId !== this.participantId);
    this.#media.subscriber.setTracks(others);
    for (const trackId of this.#scores.keys()) if (!state.tracks.has(trackId)) this.#scores.delete(trackId);
    const former = this.#former;
    this.#former = state;
    this.events.emit('state', state);
    if (state.captions === former?.captions) return;
    for (const caption of state.captions.values()) {
      if (former?.captions.get(caption.id) !== caption) this.events.emit('caption', caption);
    }
  }

  #setScore(trackId: string, score: number): void {
    this.#scores.set(trackId, score);
    this.events.emit('quality');
  }

  #setCaptionsStatus(status: CaptionsStatus): void {
    this.#captionsStatus = status;
    this.events.emit('captionsStatus', status);
  }

  #close(): void {
    this.#gone.abort();
    this.#skew.close();
    this.#media.close();
  }
}
