import { TritoneError } from '../../../shared/errors.ts';
import type { LipSync } from '../../inference/lipSync.types.ts';
import type { TextToSpeech } from '../../inference/textToSpeech.types.ts';
import type { RoomHandle } from '../../rooms/roomHandle.ts';
import type { Clock } from '../../streams/clock.ts';
import type { Log } from '../../streams/log.ts';
import type { VoiceMetrics } from '../voices/voiceMetrics.ts';
import type { AvatarMetrics } from './avatarMetrics.ts';
import type { AvatarStore, FaceLease } from './avatarStore.ts';
import { LipTrack } from './lipTrack.ts';
import { PlacedAvatar } from './placedAvatar.ts';

export interface AvatarServices {
  readonly store: AvatarStore;
  readonly textToSpeech: TextToSpeech;
  readonly lipSync: LipSync;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: AvatarMetrics;
  readonly voiceMetrics: VoiceMetrics;
}

export interface PlaceRequest {
  readonly name: string;
  /** null: a voice without a face. */
  readonly avatarId: string | null;
  readonly voice: string;
  readonly language: string;
}

/** The avatars of one call. */
export class RoomAvatars implements AsyncDisposable {
  readonly #room: RoomHandle;
  readonly #services: AvatarServices;
  readonly #placed = new Map<string, PlacedAvatar>();

  constructor(room: RoomHandle, services: AvatarServices) {
    this.#room = room;
    this.#services = services;
  }

  list(): PlacedAvatar[] {
    return [...this.#placed.values()];
  }

  /** @throws TritoneError `avatar.participant_not_found` */
  find(participantId: string): PlacedAvatar {
    const placed = this.#placed.get(participantId);
    if (placed === undefined) {
      throw new TritoneError('avatar.participant_not_found', { participantId, room: this.#room.name });
    }
    return placed;
  }

  /** @throws TritoneError `avatar.not_found`, and what the room throws to who cannot join */
  async place({ name, avatarId, voice, language }: PlaceRequest): Promise<PlacedAvatar> {
    const { store, textToSpeech, clock, log, voiceMetrics, metrics } = this.#services;
    const face = avatarId === null ? undefined : this.#openFace(avatarId, await store.lend(avatarId));
    const pictures = face && { clip: face.lease.face.clip, pictures: face.lips };
    const participant = await this.#room.addSynthetic({ name, language, face: pictures }).catch((cause: unknown) => {
      face?.lease.release();
      throw cause;
    });
    const placed: PlacedAvatar = new PlacedAvatar({
      room: this.#room,
      participant,
      language,
      voice,
      face,
      textToSpeech,
      clock,
      log,
      metrics: voiceMetrics,
      onLeft: () => {
        if (this.#placed.delete(participant.participantId)) metrics.placed.dec();
      },
    });
    if (participant.signal.aborted) throw new TritoneError('room.closed');
    this.#placed.set(placed.participantId, placed);
    metrics.placed.inc();
    void face?.lips.warmUp(participant.signal);
    return placed;
  }

  /** All leave. Never rejects; twice is once. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.list().map((placed) => placed.leave()));
  }

  #openFace(avatarId: string, lease: FaceLease) {
    return { avatarId, lease, lips: new LipTrack({ ...this.#services, face: lease.face }) };
  }
}
