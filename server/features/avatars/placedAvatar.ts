import type { PlacedAvatar as PlacedAvatarInfo } from '../../../shared/avatars.ts';
import type { TextToSpeech } from '../../inference/textToSpeech.types.ts';
import type { RoomHandle, SyntheticParticipant } from '../../rooms/roomHandle.ts';
import type { Clock } from '../../streams/clock.ts';
import type { Log } from '../../streams/log.ts';
import { onAbort } from '../../streams/onAbort.ts';
import { Speaker } from '../voices/speaker.ts';
import { UtteranceCaptions } from '../voices/utteranceCaptions.ts';
import type { VoiceMetrics } from '../voices/voiceMetrics.ts';
import type { FaceLease } from './avatarStore.ts';
import type { LipTrack } from './lipTrack.ts';

export interface PlacedAvatarOptions {
  readonly room: RoomHandle;
  readonly participant: SyntheticParticipant;
  readonly language: string;
  /** Id of the voice. */
  readonly voice: string;
  /** Absent: a voice without a face. */
  readonly face?: { readonly avatarId: string; readonly lease: FaceLease; readonly lips: LipTrack } | undefined;
  readonly textToSpeech: TextToSpeech;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: VoiceMetrics;
  /** It has left, however. */
  readonly onLeft: () => void;
}

/** An avatar in a call: a synthetic participant with a voice, and lips where it has a face. Leaves with its participant. */
export class PlacedAvatar {
  readonly participantId: string;
  readonly speaker: Speaker;
  readonly #options: PlacedAvatarOptions;

  constructor(options: PlacedAvatarOptions) {
    const { room, participant, language, face } = options;
    const { participantId, name, audio, signal } = participant;
    this.#options = options;
    this.participantId = participantId;
    this.speaker = new Speaker({
      ...options,
      name,
      audio,
      companion: face?.lips,
      captions: (utteranceId) =>
        new UtteranceCaptions({ log: room.log, clock: room.clock, participantId, language, utteranceId }),
    });
    onAbort(signal, () => this.#left());
  }

  get info(): PlacedAvatarInfo {
    const { participant, face, voice, language } = this.#options;
    const { state, waiting } = this.speaker;
    const avatarId = face?.avatarId ?? null;
    return { participantId: this.participantId, name: participant.name, avatarId, voice, language, state, waiting };
  }

  /** Never rejects; twice is once. */
  leave(): Promise<void> {
    return this.#options.participant.close();
  }

  /** What it was saying ends before it is gone: the log has its last words first. */
  #left(): void {
    const { face, onLeft } = this.#options;
    void this.speaker.close();
    face?.lips.close();
    face?.lease.release();
    onLeft();
  }
}
