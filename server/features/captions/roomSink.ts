import type { Caption, CaptionSource } from '../../../shared/captions.ts';
import type { RoomHandle } from '../../rooms/roomHandle.ts';
import type { CaptionMetrics } from './captionMetrics.ts';
import type { CaptionSink, GapReason } from './spurtCaptioner.ts';
import type { WaitingCount } from './waitingCount.ts';

/** A gap that nobody would notice is not worth an entry. */
const LEAST_GAP_MS = 100;

export interface RoomSinkOptions {
  room: RoomHandle;
  participantId: string;
  source: CaptionSource;
  isActive: () => boolean;
  /** Of all tracks of the call. */
  waiting: WaitingCount;
  metrics: CaptionMetrics;
  /** After it nothing is written any more. */
  signal: AbortSignal;
}

/** One track's captions on their way into the room's log. */
export class RoomSink implements CaptionSink {
  readonly isActive: () => boolean;
  readonly #options: RoomSinkOptions;
  #language = 'auto';

  constructor(options: RoomSinkOptions) {
    this.#options = options;
    this.isActive = options.isActive;
  }

  caption(caption: Caption): void {
    const { room, signal } = this.#options;
    if (!signal.aborted) room.log.append({ type: 'caption', caption });
  }

  gap(startMs: number, endMs: number, reason: GapReason): void {
    const { room, participantId, source, metrics, signal } = this.#options;
    if (signal.aborted || endMs - startMs < LEAST_GAP_MS) return;
    metrics.gapMs[reason].inc(endMs - startMs);
    room.log.append({ type: 'caption-gap', participantId, source, startMs, endMs, reason });
  }

  waiting(waiting: boolean): void {
    this.#options.waiting.change(this.#options.participantId, waiting);
  }

  /** Who has left keeps the language they spoke. */
  language(): string {
    const { room, participantId } = this.#options;
    this.#language = room.participant(participantId)?.language ?? this.#language;
    return this.#language;
  }

  nowMs(): number {
    return this.#options.room.clock.nowMs();
  }
}
