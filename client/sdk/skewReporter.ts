import { playoutSkewMs } from './playoutSkew.ts';
import type { RemoteTrack } from './remoteTrack.ts';
import type { RoomState } from './roomState.ts';
import type { Door } from './teller.ts';

/** A browser needs some seconds to bring a new picture into step with its sound: what it plays before is no measure. */
const EVERY_MS = 10_000;

export interface SkewReporterOptions {
  readonly signaling: Door;
  readonly state: () => RoomState;
  readonly tracks: () => ReadonlyMap<string, RemoteTrack>;
}

/** Tells the server every 10 s how far sound and picture of each avatar are apart where this viewer watches them. */
export class SkewReporter {
  readonly #options: SkewReporterOptions;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(options: SkewReporterOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#report(), EVERY_MS);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #report(): Promise<void> {
    const { signaling, state } = this.#options;
    for (const { participantId, synthetic, present } of state().participants.values()) {
      if (!synthetic || !present) continue;
      const skewMs = await this.skewMs(participantId).catch(() => undefined);
      if (skewMs === undefined) continue;
      // A measure that is lost is no harm: another one follows.
      await signaling.request('playout:report', { participantId, skewMs }).catch(() => {});
    }
  }

  /** Of one participant, as it plays here now. */
  async skewMs(participantId: string): Promise<number | undefined> {
    const tracks = [...this.#options.tracks().values()].filter((track) => track.participantId === participantId);
    const audio = tracks.find(({ source }) => source === 'microphone');
    const video = tracks.find(({ source }) => source === 'camera');
    return audio && video && playoutSkewMs(audio, video);
  }
}
