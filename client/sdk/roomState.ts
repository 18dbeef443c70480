import type { Caption, CaptionSource } from '../../shared/captions.ts';
import { primaryTag } from '../../shared/languageTag.ts';
import type { LogEntry, LogEvent, LogEventOf } from '../../shared/roomLog.ts';
import type { CaptionTranslation } from '../../shared/translations.ts';

export interface RoomParticipant {
  readonly participantId: string;
  readonly name: string;
  /** A BCP 47 tag or `auto`. */
  readonly language: string;
  /** Made by the server: an avatar, an agent, a voice. */
  readonly synthetic: boolean;
  /** False after leaving: kept, because captions name it. */
  readonly present: boolean;
  /** Speaks, but every slot of the recogniser is taken. */
  readonly captionsWaiting: boolean;
  /** Place in the order of first arrivals, from 0. Stays the same for the whole call. */
  readonly order: number;
}

export type RoomTrack = Readonly<Omit<LogEventOf<'track-published'>, 'type'>>;
export type CaptionGap = Readonly<Omit<LogEventOf<'caption-gap'>, 'type'>>;

/** All that a page knows of a call: a fold over its log. Never changed in place. */
export interface RoomState {
  readonly lastSeq: number;
  readonly participants: ReadonlyMap<string, RoomParticipant>;
  /** Open tracks by id, one's own included. */
  readonly tracks: ReadonlyMap<string, RoomTrack>;
  /** Latest revision of each caption by id, in the order of their first appearance. Retracted ones are left out. */
  readonly captions: ReadonlyMap<string, Caption>;
  /** The last few of `captions` by who said them: see `recentCaptions`. */
  readonly recent: ReadonlyMap<string, readonly Caption[]>;
  readonly gaps: readonly CaptionGap[];
  /** Of captions, into the languages that people in the call read: see `translationOf`. */
  readonly translations: ReadonlyMap<string, CaptionTranslation>;
}

/** As many as a tile may still show; a turn of quick short utterances fits. */
const RECENT = 4;

export const emptyRoomState: RoomState = {
  lastSeq: 0,
  participants: new Map(),
  tracks: new Map(),
  captions: new Map(),
  recent: new Map(),
  gaps: [],
  translations: new Map(),
};

/** Entries up to `state.lastSeq` are known already and change nothing. */
export function foldRoomState(state: RoomState, entries: readonly LogEntry[]): RoomState {
  const draft = new RoomStateDraft(state);
  for (const entry of entries) {
    if (entry.seq <= draft.lastSeq) continue;
    draft.lastSeq = entry.seq;
    draft.apply(entry.event);
  }
  return draft.lastSeq === state.lastSeq ? state : draft.finish();
}

/** Copies a part of the state when it is first written to. */
class RoomStateDraft {
  lastSeq: number;
  readonly #state: RoomState;
  #participants: Map<string, RoomParticipant> | undefined;
  #tracks: Map<string, RoomTrack> | undefined;
  #captions: Map<string, Caption> | undefined;
  #recent: Map<string, readonly Caption[]> | undefined;
  #gaps: CaptionGap[] | undefined;
  #translations: Map<string, CaptionTranslation> | undefined;

  constructor(state: RoomState) {
    this.#state = state;
    this.lastSeq = state.lastSeq;
  }

  apply(event: LogEvent): void {
    switch (event.type) {
      case 'participant-joined':
        this.#join(event);
        break;
      case 'participant-updated':
        this.#change(event.participantId, { name: event.name, language: event.language });
        break;
      case 'participant-left':
        this.#leave(event.participantId);
        break;
      case 'captions-waiting':
        this.#change(event.participantId, { captionsWaiting: event.waiting });
        break;
      case 'track-published': {
        const { type: _, ...track } = event;
        this.#writeTracks().set(track.trackId, track);
        break;
      }
      case 'track-updated': {
        const track = (this.#tracks ?? this.#state.tracks).get(event.trackId);
        if (track !== undefined) this.#writeTracks().set(event.trackId, { ...track, paused: event.paused });
        break;
      }
      case 'track-closed':
        this.#writeTracks().delete(event.trackId);
        break;
      case 'caption':
        this.#caption(event.caption);
        break;
      case 'caption-gap': {
        const { type: _, ...gap } = event;
        this.#gaps ??= [...this.#state.gaps];
        this.#gaps.push(gap);
        break;
      }
      case 'translation': {
        this.#translations ??= new Map(this.#state.translations);
        const { translation } = event;
        this.#translations.set(translationKey(translation.captionId, translation.language), translation);
        break;
      }
      default:
        // A newer server may log what this page does not know.
        event satisfies never;
    }
  }

  finish(): RoomState {
    return {
      lastSeq: this.lastSeq,
      participants: this.#participants ?? this.#state.participants,
      tracks: this.#tracks ?? this.#state.tracks,
      captions: this.#captions ?? this.#state.captions,
      recent: this.#recent ?? this.#state.recent,
      gaps: this.#gaps ?? this.#state.gaps,
      translations: this.#translations ?? this.#state.translations,
    };
  }

  #writeParticipants(): Map<string, RoomParticipant> {
    this.#participants ??= new Map(this.#state.participants);
    return this.#participants;
  }

  #writeTracks(): Map<string, RoomTrack> {
    this.#tracks ??= new Map(this.#state.tracks);
    return this.#tracks;
  }

  #join({ participantId, name, language, synthetic }: LogEventOf<'participant-joined'>): void {
    const participants = this.#writeParticipants();
    const order = participants.get(participantId)?.order ?? participants.size;
    const present = true;
    const captionsWaiting = false;
    participants.set(participantId, { participantId, name, language, synthetic, present, captionsWaiting, order });
  }

  #change(participantId: string, change: Partial<RoomParticipant>): void {
    const participants = this.#writeParticipants();
    const participant = participants.get(participantId);
    if (participant !== undefined) participants.set(participantId, { ...participant, ...change });
  }

  #leave(participantId: string): void {
    this.#change(participantId, { present: false, captionsWaiting: false });
    const tracks = this.#writeTracks();
    for (const track of [...tracks.values()]) {
      if (track.participantId === participantId) tracks.delete(track.trackId);
    }
  }

  #caption(caption: Caption): void {
    this.#captions ??= new Map(this.#state.captions);
    const known = this.#captions.get(caption.id);
    if (known !== undefined && (known.revision >= caption.revision || (known.final && !caption.final))) return;
    const retracted = caption.final && caption.text.trim() === '';
    if (retracted) this.#captions.delete(caption.id);
    else this.#captions.set(caption.id, caption);
    this.#recent ??= new Map(this.#state.recent);
    const key = speakerKey(caption.participantId, caption.source);
    const said = this.#recent.get(key) ?? [];
    const others = said.filter(({ id }) => id !== caption.id);
    if (retracted) this.#recent.set(key, others);
    else if (known === undefined) this.#recent.set(key, [...others, caption].slice(-RECENT));
    else if (others.length < said.length) {
      const revised = said.map((former) => (former.id === caption.id ? caption : former));
      this.#recent.set(key, revised);
    }
  }
}

/** The last captions of one participant, oldest first, however long the call: the same array until one of them changes. */
export function recentCaptions(state: RoomState, participantId: string, source: CaptionSource): readonly Caption[] {
  return state.recent.get(speakerKey(participantId, source)) ?? nothingSaid;
}

const nothingSaid: readonly Caption[] = [];

function speakerKey(participantId: string, source: CaptionSource): string {
  return `${participantId} ${source}`;
}

/** What a caption says in another language, as far as that is known; one of a failed translation says why it has no text. */
export function translationOf(state: RoomState, captionId: string, language: string): CaptionTranslation | undefined {
  return state.translations.get(translationKey(captionId, primaryTag(language)));
}

function translationKey(captionId: string, language: string): string {
  return `${captionId} ${language}`;
}

/** The call as it is read: captions by the time their speech began. */
export function transcript(state: RoomState): Caption[] {
  return [...state.captions.values()]
    .filter((caption) => caption.text.trim() !== '')
    .sort((a, b) => a.startMs - b.startMs);
}
