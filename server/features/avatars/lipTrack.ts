import type { LipSync } from '../../inference/lipSync.types.ts';
import type { ClipFrames, PictureRequest, PictureSource } from '../../media/feed/feed.types.ts';
import { FEED_RATE } from '../../media/feed/feed.types.ts';
import { PCM_RATE } from '../../media/pcmChunk.ts';
import type { Clock } from '../../streams/clock.ts';
import type { Log } from '../../streams/log.ts';
import type { Companion, CompanionLine } from '../voices/companion.types.ts';
import { moveBetweenFrames } from './affine.ts';
import type { AvatarMetrics } from './avatarMetrics.ts';
import { LipLine } from './lipLine.ts';

/** From asking for a sequence to its first sound, about: where the head will be then. */
const AHEAD_FRAMES = 2;

/** Opus looks ahead: what leaves now is heard so much later (libopus, OPUS_GET_LOOKAHEAD: 312 samples at 48 kHz). */
const VOICE_DELAY_SAMPLES = 312;

const WARM_UP_SAMPLES = 0.2 * PCM_RATE;

/** What lips and pictures need of a prepared face. */
export interface Face {
  readonly clip: ClipFrames;
  /** Handed to lip-sync models as it is. */
  readonly avatar: Buffer;
  /** FP32[frames,2,3] */
  readonly transforms: Float32Array;
}

export interface LipTrackOptions {
  readonly face: Face;
  readonly lipSync: LipSync;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: AvatarMetrics;
}

/**
 * One face: its idle clip runs always, and lips lie over it while their very sound is heard. Pictures ask, nothing is sent
 * ahead: sound and lips cannot drift apart, and what was made for one utterance is never seen in another.
 */
export class LipTrack implements Companion, PictureSource {
  readonly #options: LipTrackOptions;
  readonly #lines = new Map<string, LipLine>();
  #index = 0;

  constructor(options: LipTrackOptions) {
    this.#options = options;
  }

  /** Lets a model see the face before it is needed: reading it takes half a second. Never rejects. */
  async warmUp(signal: AbortSignal): Promise<void> {
    const { face, lipSync, log } = this.#options;
    try {
      await using stream = await lipSync.open({ avatar: face.avatar, fps: face.clip.fps, signal });
      stream.push(new Int16Array(WARM_UP_SAMPLES), []);
      void stream.end();
      for await (const _patch of stream.patches) if (signal.aborted) break;
    } catch (cause) {
      log.debug({ err: cause }, 'lips not warmed up');
    }
  }

  begin(utteranceId: string): CompanionLine {
    const { face, lipSync, clock, log, metrics } = this.#options;
    const line = new LipLine({
      utteranceId,
      lipSync,
      avatar: face.avatar,
      fps: face.clip.fps,
      nextBase: () => (this.#index + AHEAD_FRAMES) % face.clip.count,
      clock,
      log,
      metrics,
      onClosed: () => this.#lines.delete(utteranceId),
    });
    this.#lines.set(utteranceId, line);
    return line;
  }

  pictureAt({ index, sound }: PictureRequest): ReturnType<PictureSource['pictureAt']> {
    const { clip, transforms } = this.#options.face;
    this.#index = index;
    const base = index % clip.count;
    const line = sound === undefined ? undefined : this.#lines.get(sound.utteranceId);
    const heardSample = (((sound?.playedSamples ?? 0) - VOICE_DELAY_SAMPLES) * PCM_RATE) / FEED_RATE;
    const patch = line?.patchAt(heardSample);
    if (patch === undefined) return { base };
    const { width, height, rgba } = patch;
    const affine = moveBetweenFrames(patch.affine, transforms, patch.base % clip.count, base);
    return { base, overlay: { width, height, rgba, affine } };
  }

  /** Twice is once. */
  close(): void {
    for (const line of [...this.#lines.values()]) line.close();
  }
}
