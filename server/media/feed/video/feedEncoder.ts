import type { ClipFrames, PictureOverlay, VideoFeed } from '../feed.types.ts';
import {
  MAX_PAYLOAD_BYTES,
  type PictureEncoder,
  type PictureEncoderOptions,
  type PictureTick,
} from '../pictureEncoder.types.ts';
import type { LayerPayloads, PictureAnswer } from './pictureMessages.ts';
import type { PictureWorker, Seated } from './pictureWorker.ts';

/** A picture takes milliseconds; a thread that is silent for this long is stuck. */
const STUCK_AFTER_MS = 5000;
const SEAT_AGAIN_AFTER_MS = 500;
const WORK_BUCKETS_MS = [1, 2, 3, 5, 8, 12, 20, 40, 100];

/** Where a feed gets the thread that works for it. */
export interface Seats {
  /** @throws TritoneError `media.unavailable` */
  sit(feedId: number, seated: Seated): Promise<PictureWorker>;
  left(worker: PictureWorker): void;
  closed(): void;
}

interface DuePicture {
  readonly mediaMs: number;
  readonly base: number;
  readonly overlay: PictureOverlay | undefined;
}

/**
 * One feed's pictures, composed and encoded in a thread: one there at a time, the latest waits for it, older ones are dropped.
 * When the thread is lost the feed sits at another and goes on with key frames.
 */
export class FeedEncoder implements PictureEncoder, Seated {
  readonly #feedId: number;
  readonly #options: PictureEncoderOptions;
  readonly #seats: Seats;
  readonly #instruments: ReturnType<typeof instruments>;
  readonly #keysWanted = new Set<number>();
  #worker: PictureWorker | undefined;
  #wanted: readonly number[] = [];
  #atWork: { readonly mediaMs: number; readonly sinceMs: number } | undefined;
  #waiting: DuePicture | undefined;
  #pictures = 0;
  #late = 0;
  #isFailing = false;
  #isClosed = false;
  #forgetRetry: () => void = () => {};

  constructor(feedId: number, options: PictureEncoderOptions, seats: Seats) {
    this.#feedId = feedId;
    this.#options = options;
    this.#seats = seats;
    this.#instruments = instruments(options);
  }

  get stats(): VideoFeed['stats'] {
    const { layers } = this.#options;
    return {
      pictures: this.#pictures,
      late: this.#late,
      layers: this.#wanted.flatMap((layer) => layers[layer]?.size ?? []),
    };
  }

  /** Takes a place at a thread. @throws TritoneError `media.unavailable` */
  async seat(): Promise<void> {
    const { codec, clip, layers } = this.#options;
    const worker = await this.#seats.sit(this.#feedId, this);
    if (this.#isClosed) {
      worker.leave(this.#feedId);
      return this.#seats.left(worker);
    }
    const sizes = layers.map(({ size }) => size);
    worker.post({
      type: 'open',
      feedId: this.#feedId,
      codec,
      clip: plain(clip),
      sizes,
      maxPayloadBytes: MAX_PAYLOAD_BYTES,
    });
    for (const layer of this.#wanted) this.#keysWanted.add(layer);
    this.#worker = worker;
  }

  tick({ mediaMs, ...request }: PictureTick): void {
    if (this.#isClosed) return;
    const { base, overlay } = this.#options.pictures.pictureAt(request);
    if (this.#wanted.length === 0) return;
    const due = { mediaMs, base, overlay };
    if (this.#worker === undefined) this.#countLate();
    else if (this.#atWork === undefined) this.#post(this.#worker, due);
    else this.#keepWaiting(due, this.#worker, this.#atWork.sinceMs);
  }

  requestKeyFrame(layer: number): void {
    if (this.#wanted.includes(layer)) this.#keysWanted.add(layer);
  }

  want(layers: readonly number[]): void {
    const wanted = this.#options.layers.map((_, layer) => layer).filter((layer) => layers.includes(layer));
    for (const layer of wanted) if (!this.#wanted.includes(layer)) this.#keysWanted.add(layer);
    this.#wanted = wanted;
    if (wanted.length === 0) this.#waiting = undefined;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#forgetRetry();
    this.#waiting = undefined;
    this.#wanted = [];
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker !== undefined) {
      worker.leave(this.#feedId);
      this.#seats.left(worker);
    }
    this.#seats.closed();
  }

  answered(answer: Exclude<PictureAnswer, { type: 'ready' }>): void {
    if (this.#isClosed) return;
    const work = this.#atWork;
    this.#atWork = undefined;
    if (answer.type === 'failed') this.#failed(answer.problem);
    else if (work !== undefined) this.#send(answer.layers, work.mediaMs);
    if (answer.type === 'picture') {
      this.#isFailing = false;
      this.#instruments.composeMs.observe(answer.composeMs);
      this.#instruments.encodeMs.observe(answer.encodeMs);
      if (!answer.isComposed) this.#instruments.misfits.inc();
    }
    const next = this.#waiting;
    this.#waiting = undefined;
    if (next !== undefined && this.#worker !== undefined) this.#post(this.#worker, next);
  }

  lost(cause: unknown): void {
    // Who waits for a seat hears of it there.
    if (this.#worker === undefined) return;
    this.#worker = undefined;
    this.#atWork = undefined;
    this.#waiting = undefined;
    this.#options.log.warn({ err: cause }, 'thread of pictures lost');
    this.#seatAgain();
  }

  #seatAgain(): void {
    this.#forgetRetry = this.#options.clock.after(SEAT_AGAIN_AFTER_MS, () => {
      if (this.#isClosed) return;
      this.seat().catch(() => {
        if (!this.#isClosed) this.#seatAgain();
      });
    });
  }

  #post(worker: PictureWorker, { mediaMs, base, overlay }: DuePicture): void {
    const layers = this.#wanted.map((layer) => ({ layer, asKey: this.#keysWanted.has(layer) }));
    this.#keysWanted.clear();
    this.#atWork = { mediaMs, sinceMs: this.#options.clock.nowMs() };
    // Copied: what the overlay is a view of may hold many, and is not ours to give away.
    // A Buffer's slice shares its memory, which is not ours to hand over.
    const rgba = overlay && new Uint8Array(overlay.rgba);
    worker.post(
      {
        type: 'picture',
        feedId: this.#feedId,
        base,
        layers,
        ...(overlay === undefined || rgba === undefined
          ? {}
          : { overlay: { width: overlay.width, height: overlay.height, rgba, affine: overlay.affine.slice() } }),
      },
      rgba === undefined ? [] : [rgba.buffer],
    );
  }

  #keepWaiting(due: DuePicture, worker: PictureWorker, sinceMs: number): void {
    if (this.#waiting !== undefined) this.#countLate();
    this.#waiting = due;
    if (this.#options.clock.nowMs() - sinceMs > STUCK_AFTER_MS) worker.giveUp(new Error('the thread is stuck'));
  }

  #send(layers: readonly LayerPayloads[], mediaMs: number): void {
    for (const { layer, bytes, lengths } of layers) {
      // What nobody wants any more may have begun to be taken for a stream that goes on.
      if (!this.#wanted.includes(layer)) continue;
      this.#options.layers[layer]?.output.send(parted(bytes, lengths), mediaMs);
    }
    this.#pictures += 1;
    this.#instruments.pictures.inc();
  }

  #failed(problem: string): void {
    this.#countLate();
    for (const layer of this.#wanted) this.#keysWanted.add(layer);
    if (!this.#isFailing) this.#options.log.warn({ problem }, 'picture could not be encoded');
    this.#isFailing = true;
  }

  #countLate(): void {
    this.#late += 1;
    this.#instruments.late.inc();
  }
}

function parted(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  let end = 0;
  return lengths.map((length) => {
    end += length;
    return bytes.subarray(end - length, end);
  });
}

/** Only what the thread needs crosses: the clip may be part of something larger. */
const plain = ({ size, fps, frames, count }: ClipFrames): ClipFrames => ({ size, fps, frames, count });

function instruments({ metrics }: PictureEncoderOptions) {
  return {
    pictures: metrics.counter('tritone_feed_pictures_total', 'Pictures of avatars that left'),
    late: metrics.counter('tritone_feed_pictures_late_total', 'Pictures of avatars that were not ready at their time'),
    misfits: metrics.counter('tritone_feed_overlay_misfits_total', 'Overlays that made no sense and were left out'),
    composeMs: metrics.histogram('tritone_feed_compose_ms', 'Composition of one picture, ms', WORK_BUCKETS_MS),
    encodeMs: metrics.histogram(
      'tritone_feed_encode_ms',
      'Encoding of one picture in all wanted layers, ms',
      WORK_BUCKETS_MS,
    ),
  };
}
