import { TritoneError } from '../../../shared/errors.ts';
import { roomKey } from '../../../shared/roomName.ts';
import type { LipSync } from '../../inference/lipSync.types.ts';
import type { TextToSpeech } from '../../inference/textToSpeech.types.ts';
import type { Feature, RoomHandle } from '../../rooms/roomHandle.ts';
import type { Clock } from '../../streams/clock.ts';
import type { Log } from '../../streams/log.ts';
import type { Metrics } from '../../streams/metrics.ts';
import { voiceMetrics } from '../voices/voiceMetrics.ts';
import { avatarMetrics } from './avatarMetrics.ts';
import type { AvatarStore } from './avatarStore.ts';
import { type AvatarServices, RoomAvatars } from './roomAvatars.ts';

export interface AvatarsFeatureOptions {
  readonly store: AvatarStore;
  readonly textToSpeech: TextToSpeech;
  readonly lipSync: LipSync;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Participants that speak what they are given, with a face that moves its lips. */
export class AvatarsFeature implements Feature {
  readonly name = 'avatars';
  readonly #services: AvatarServices;
  /** By the room's name; of a room the running call. */
  readonly #rooms = new Map<string, RoomAvatars>();

  constructor({ log, metrics, ...services }: AvatarsFeatureOptions) {
    this.#services = {
      ...services,
      log: log.child({ feature: this.name }),
      metrics: avatarMetrics(metrics),
      voiceMetrics: voiceMetrics(metrics),
    };
  }

  attach(room: RoomHandle): AsyncDisposable {
    const avatars = new RoomAvatars(room, this.#services);
    this.#rooms.set(room.name, avatars);
    return {
      [Symbol.asyncDispose]: async () => {
        if (this.#rooms.get(room.name) === avatars) this.#rooms.delete(room.name);
        await avatars[Symbol.asyncDispose]();
      },
    };
  }

  /** The avatars of the running call of a room; undefined where none runs. */
  of(room: string): RoomAvatars | undefined {
    return this.#rooms.get(roomKey(room));
  }

  /** @throws TritoneError `avatar.participant_not_found` */
  find(room: string, participantId: string): ReturnType<RoomAvatars['find']> {
    const avatars = this.of(room);
    if (avatars === undefined) throw new TritoneError('avatar.participant_not_found', { participantId, room });
    return avatars.find(participantId);
  }
}
