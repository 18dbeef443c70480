import type { EventEmitter } from 'node:events';
import type { Caption } from '../../shared/captions.ts';
import type { LogEntry, LogEvent, TrackKind, TrackSource } from '../../shared/roomLog.ts';
import type { AudioTap } from '../media/audioTap.ts';
import type { AudioFeed, ClipFrames, PictureSource, VideoFeed } from '../media/feed/feed.types.ts';

export interface RoomTrack {
  readonly trackId: string;
  readonly participantId: string;
  readonly kind: TrackKind;
  readonly source: TrackSource;
  readonly paused: boolean;
}

export interface RoomParticipant {
  readonly participantId: string;
  readonly name: string;
  /** A tag or `auto`. */
  readonly language: string;
  /** What this participant reads captions in; undefined is the original. */
  readonly captionLanguage?: string | undefined;
  /** Made by the server: never tapped. */
  readonly synthetic: boolean;
}

export interface RoomEvents {
  trackPublished: [track: RoomTrack];
  trackPaused: [track: RoomTrack];
  trackResumed: [track: RoomTrack];
  trackClosed: [track: RoomTrack];
  participantUpdated: [participant: RoomParticipant];
  activeSpeaker: [participantId: string | undefined];
  /** `captionLanguages` answers anew. */
  captionLanguages: [];
}

/** Ms since the call began, monotonic; anchored once. */
export interface RoomClockReader {
  nowMs(): number;
  /** Ms since the epoch at RoomClock 0. */
  readonly startedAtMs: number;
}

export interface RoomLogHandle {
  /** Each entry as it is written. */
  readonly events: EventEmitter<{ appended: [entry: LogEntry] }>;
  append(event: LogEvent): LogEntry;
  /** A caption as it stands. */
  caption(captionId: string): Caption | undefined;
  /** Entries after `seq`, superseded caption revisions left out. */
  read(afterSeq?: number): LogEntry[];
}

export interface SyntheticOptions {
  readonly name: string;
  /** Tag of what it speaks. */
  readonly language: string;
  /** Without it the participant has a voice and no face. */
  readonly face?: { readonly clip: ClipFrames; readonly pictures: PictureSource } | undefined;
}

/** A participant made by the server: everyone sees that it is. Its tracks outlive the media worker that carries them. */
export interface SyntheticParticipant extends AsyncDisposable {
  readonly participantId: string;
  readonly name: string;
  readonly audio: AudioFeed;
  readonly video: VideoFeed | undefined;
  /** Aborts when it has left, or the call has ended. */
  readonly signal: AbortSignal;
  /** It leaves the call. Never rejects; twice is once. */
  close(): Promise<void>;
}

/** All that a feature sees of a room. */
export interface RoomHandle {
  readonly name: string;
  readonly callId: string;
  readonly clock: RoomClockReader;
  readonly log: RoomLogHandle;
  readonly events: EventEmitter<RoomEvents>;
  /** Aborts when the call ends. */
  readonly signal: AbortSignal;
  tracks(): readonly RoomTrack[];
  participant(participantId: string): RoomParticipant | undefined;
  /** Tags of the languages that people in the call read captions in, each once; who reads the original has none. */
  captionLanguages(): readonly string[];
  /** PCM of an audio track. Ends with the track, or with `signal`. @throws TritoneError `track.not_found` */
  openTap(trackId: string, signal: AbortSignal): Promise<AudioTap>;
  /**
   * A participant that the server makes joins the call. It counts among those who may be in it, and does not keep a call
   * going for long (see RoomRegistry). @throws TritoneError `room.full`, `room.closed`, `media.worker_died`, `media.unavailable`
   */
  addSynthetic(options: SyntheticOptions): Promise<SyntheticParticipant>;
}

/** The seam: a feature attaches to every call and is closed with it. */
export interface Feature {
  readonly name: string;
  attach(room: RoomHandle): AsyncDisposable;
}
