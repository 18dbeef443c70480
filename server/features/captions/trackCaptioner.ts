import type { AudioTap } from '../../media/audioTap.ts';
import { PCM_RATE, type PcmChunk } from '../../media/pcmChunk.ts';
import { BoundedQueue } from '../../streams/boundedQueue.ts';
import { sleep } from '../../streams/sleep.ts';
import type { CaptionAssembler } from '../speech/captionAssembler.ts';
import { PcmRing } from '../speech/pcmRing.ts';
import { TalkSpurt } from '../speech/talkSpurt.ts';
import { TimeMap } from '../speech/timeMap.ts';
import { type Loss, LossWatch } from './lossWatch.ts';
import { PauseDetector } from './pauseDetector.ts';
import { soundLevelDbov } from './soundLevel.ts';
import { SpurtCaptioner, type SpurtCaptionerOptions } from './spurtCaptioner.ts';
import { SpurtDetector } from './spurtDetector.ts';

const RING_SECONDS = 30;
/** Sound before the onset that goes to the model with it: levels rise after the first consonant. */
const PRE_ROLL_MS = 500;
/** No sound for this long ends the spurt; longer than a tap waits for what is held up on its way (1 s). */
const STALL_MS = 1200;
const STALL_CHECK_MS = 200;
/** Packets still on their way when a track is muted or closed: the tap waits 120 ms for late ones. */
const LAST_PACKETS_MS = 150;
/** The captioner gives spurts up by age long before so many wait. */
const MAX_WAITING_SPURTS = 64;

export interface TrackCaptionerOptions
  extends Omit<SpurtCaptionerOptions, 'spurt' | 'ring' | 'roomTime' | 'assembler'> {
  tap: Pick<AudioTap, 'chunks' | 'close'>;
  /** One for each spurt: the last one's finals may be bettered while the next is captioned. */
  assemble: () => CaptionAssembler;
}

/** Listens to one track: keeps its last half minute, cuts it into talk spurts and has each captioned, one after the other. */
export class TrackCaptioner {
  readonly #options: TrackCaptionerOptions;
  readonly #ring = new PcmRing(RING_SECONDS * PCM_RATE);
  readonly #roomTime = TimeMap.toMs(PCM_RATE);
  readonly #detector = new SpurtDetector();
  readonly #losses = new LossWatch();
  readonly #pauses = new PauseDetector();
  readonly #spurts = new BoundedQueue<TalkSpurt>({ limit: MAX_WAITING_SPURTS, whenFull: 'drop-oldest' });
  #spurt: TalkSpurt | undefined;
  #lastSpurtEnd = 0;
  #heardAtMs = 0;

  constructor(options: TrackCaptionerOptions) {
    this.#options = options;
  }

  /** Settles when the tap has ended and the last caption is out. @throws whatever the tap throws */
  async run(): Promise<void> {
    const captioning = this.#captionSpurts();
    try {
      for await (const chunk of this.#options.tap.chunks) this.#hear(chunk);
    } finally {
      this.#endSpurt();
      this.#spurts.close();
      await captioning;
    }
  }

  /** Muted: the last word is captioned now, not after a pause that never comes. */
  async endSpurtSoon(): Promise<void> {
    const { clock, signal } = this.#options;
    this.#losses.forget();
    await sleep(clock, LAST_PACKETS_MS, signal);
    this.#endSpurt();
  }

  /** The track is gone: the same, and nothing more is heard. */
  async finish(): Promise<void> {
    await this.endSpurtSoon();
    await this.#options.tap.close();
  }

  #hear(chunk: PcmChunk): void {
    this.#ring.write(chunk.pcm, chunk.startSample);
    this.#roomTime.add(chunk.startSample, chunk.startMs);
    this.#roomTime.forgetBefore(this.#ring.startSample);
    this.#heardAtMs = this.#options.clock.nowMs();
    const endSample = chunk.startSample + chunk.pcm.length;
    const durationMs = (chunk.pcm.length * 1000) / PCM_RATE;
    const lost = this.#losses.hear(chunk, this.#detector.talking);
    if (lost !== undefined) this.#markLoss(lost);
    const levelDbov = soundLevelDbov(chunk);
    const change = this.#detector.hear(levelDbov, durationMs, chunk.origin === 'silence');
    this.#pauses.hear(levelDbov, durationMs);
    if (change === 'opened') this.#beginSpurt(endSample);
    const quiet = this.#pauses.mayEnd ? 'pause' : 'talk';
    this.#spurt?.hear(endSample, chunk.announced ? 'silence' : quiet);
    if (change === 'closed') this.#endSpurt();
  }

  #markLoss({ startSample, endSample }: Loss): void {
    const [startMs, endMs] = [this.#roomTime.at(startSample), this.#roomTime.at(endSample)];
    this.#options.sink.gap(Math.round(startMs), Math.round(endMs), 'packet-loss');
  }

  #beginSpurt(onset: number): void {
    const preRoll = onset - (PRE_ROLL_MS * PCM_RATE) / 1000;
    const spurt = new TalkSpurt(Math.max(preRoll, this.#lastSpurtEnd, this.#ring.startSample), onset);
    this.#spurt = spurt;
    this.#spurts.push(spurt);
    this.#watchForStall(spurt);
  }

  #endSpurt(): void {
    if (this.#spurt === undefined) return;
    this.#spurt.end();
    this.#lastSpurtEnd = this.#spurt.endSample;
    this.#spurt = undefined;
    this.#detector.close();
  }

  #watchForStall(spurt: TalkSpurt): void {
    const { clock } = this.#options;
    clock.after(STALL_CHECK_MS, () => {
      if (this.#spurt !== spurt) return;
      if (clock.nowMs() - this.#heardAtMs >= STALL_MS) this.#endSpurt();
      else this.#watchForStall(spurt);
    });
  }

  async #captionSpurts(): Promise<void> {
    const { assemble, metrics } = this.#options;
    const correcting = new Set<Promise<void>>();
    for await (const spurt of this.#spurts) {
      metrics.openSpurts.inc();
      const captioner = new SpurtCaptioner({
        ...this.#options,
        assembler: assemble(),
        spurt,
        ring: this.#ring,
        roomTime: this.#roomTime,
      });
      await captioner.run();
      metrics.openSpurts.dec();
      const corrected = captioner.corrected().then(() => void correcting.delete(corrected));
      correcting.add(corrected);
    }
    await Promise.all(correcting);
  }
}
