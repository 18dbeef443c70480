import { randomBytes, randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { TritoneError } from '../../shared/errors.ts';
import type { PeerMedia } from '../sfu/mediaRouter.types.ts';
import type { Identity } from './identity.ts';
import type { RoomParticipant } from './roomHandle.ts';

export interface ParticipantEvents {
  trackScore: [trackId: string, score: number];
  consumerClosed: [consumerId: string, trackId: string];
  consumerScore: [consumerId: string, trackId: string, score: number];
  /** Every transport is gone; the participant stays. */
  mediaReset: [reason: string];
  /** The participant's connection must close: the room ended, or another page took it over. */
  ended: [error: TritoneError];
}

export interface ParticipantOptions {
  identity: Identity;
  name: string;
  language: string;
  media: PeerMedia;
}

/** One person in a call, connected or held for a return. */
export class Participant implements RoomParticipant {
  readonly participantId = randomUUID();
  /** Whoever holds it may return as this participant. */
  readonly resumeToken = randomBytes(24).toString('base64url');
  readonly synthetic = false;
  readonly events = new EventEmitter<ParticipantEvents>();
  readonly identity: Identity;
  readonly #onTrackClosed: (trackId: string) => void;
  #name: string;
  #language: string;
  #captionLanguage: string | undefined;
  #media: PeerMedia;

  constructor(options: ParticipantOptions, onTrackClosed: (trackId: string) => void) {
    this.identity = options.identity;
    this.#name = options.name;
    this.#language = options.language;
    this.#onTrackClosed = onTrackClosed;
    this.#media = this.#listenTo(options.media);
  }

  get name(): string {
    return this.#name;
  }

  get language(): string {
    return this.#language;
  }

  get captionLanguage(): string | undefined {
    return this.#captionLanguage;
  }

  get media(): PeerMedia {
    return this.#media;
  }

  /** Returns false when nothing has changed. */
  update(change: { name?: string | undefined; language?: string | undefined }): boolean {
    const name = change.name ?? this.#name;
    const language = change.language ?? this.#language;
    if (name === this.#name && language === this.#language) return false;
    this.#name = name;
    this.#language = language;
    return true;
  }

  /** `original` is none. Returns false when nothing has changed. */
  readIn(language: string): boolean {
    const wanted = language === 'original' ? undefined : language;
    if (wanted === this.#captionLanguage) return false;
    this.#captionLanguage = wanted;
    return true;
  }

  /** The former router is gone: media begins anew on another. */
  moveTo(media: PeerMedia, reason: string): void {
    this.#media.close();
    this.#media = this.#listenTo(media);
    this.events.emit('mediaReset', reason);
  }

  #listenTo(media: PeerMedia): PeerMedia {
    media.events.on('trackClosed', this.#onTrackClosed);
    media.events.on('trackScore', (...args) => this.events.emit('trackScore', ...args));
    media.events.on('consumerClosed', (...args) => this.events.emit('consumerClosed', ...args));
    media.events.on('consumerScore', (...args) => this.events.emit('consumerScore', ...args));
    return media;
  }
}
