import type { Caption } from '../../../shared/captions.ts';
import { TritoneError } from '../../../shared/errors.ts';
import type { LogEventOf } from '../../../shared/roomLog.ts';
import type { SpeechEvent, SpeechStream } from '../../inference/speechToText.types.ts';
import { PCM_RATE } from '../../media/pcmChunk.ts';
import type { Clock } from '../../streams/clock.ts';
import type { Log } from '../../streams/log.ts';
import { BackOff } from '../speech/backOff.ts';
import type { CaptionAssembler } from '../speech/captionAssembler.ts';
import { followSequence } from '../speech/followSequence.ts';
import type { PcmRing } from '../speech/pcmRing.ts';
import type { TalkSpurt } from '../speech/talkSpurt.ts';
import { TimeMap } from '../speech/timeMap.ts';
import type { CaptionMetrics } from './captionMetrics.ts';
import type { OpeningLine } from './openingLine.ts';

const REOPEN_PAUSES_MS = [0, 250, 500, 500, 1000];
/** Who waited for a slot is captioned from here on; more would keep the slot from the others. */
const CATCH_UP_AFTER_WAITING_MS = 10_000;
/** Speech older than this is not worth a caption any more. */
const OLDEST_MS = 30_000;
/** Sound that fails this often without any progress is skipped: it may be what fails the model. */
const FAILURES_ALLOWED = 2;

export type GapReason = LogEventOf<'caption-gap'>['reason'];

/** Where captions go, and what is asked back. */
export interface CaptionSink {
  caption(caption: Caption): void;
  gap(startMs: number, endMs: number, reason: GapReason): void;
  waiting(waiting: boolean): void;
  /** A tag or `auto`. */
  language(): string;
  isActive(): boolean;
  /** Reads the RoomClock, ms. */
  nowMs(): number;
}

export interface SpurtCaptionerOptions {
  spurt: TalkSpurt;
  ring: PcmRing;
  /** Samples of the track to ms on the RoomClock. */
  roomTime: TimeMap;
  assembler: CaptionAssembler;
  line: OpeningLine;
  sink: CaptionSink;
  clock: Clock;
  log: Log;
  metrics: CaptionMetrics;
  signal: AbortSignal;
}

/**
 * Captions one talk spurt, through as many sequences as it takes: when one is lost, the next begins where the last
 * settled word ended, so that no word is lost or doubled. `signal` ends it at once; what is not settled by then is a gap.
 */
export class SpurtCaptioner {
  readonly #options: SpurtCaptionerOptions;
  readonly #backOff: BackOff;
  readonly #language: string;
  /** Place on the track: everything before it is a final, no speech or a marked gap. */
  #settled: number;
  /** Utterances that begin before this were caught up, not heard live. */
  #liveFromMs = 0;
  #waited = false;
  #failures = 0;
  readonly #settledToEnd = Promise.withResolvers<void>();
  #correcting: Promise<void> | undefined;

  constructor(options: SpurtCaptionerOptions) {
    this.#options = options;
    this.#backOff = new BackOff(options.clock, REOPEN_PAUSES_MS);
    this.#language = options.sink.language();
    this.#settled = options.spurt.startSample;
  }

  /** Settles when the spurt is captioned to its end or given up; a second pass may still better finals. Never rejects. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      const stream = await this.#open();
      if (stream === undefined) break;
      if (await this.#caption(stream)) return;
    }
    this.#skipTo(this.#options.spurt.endSample, this.#waited ? 'overload' : 'outage');
  }

  /** Settles when no final is bettered any more. Never rejects. */
  async corrected(): Promise<void> {
    await this.#correcting;
  }

  /** Undefined when there is nothing left worth a caption. */
  async #open(): Promise<SpeechStream | undefined> {
    const { signal, log } = this.#options;
    while (true) {
      await this.#backOff.pause(signal);
      if (signal.aborted || !this.#isWorthwhile(OLDEST_MS)) return undefined;
      try {
        return await this.#takePlace();
      } catch (cause) {
        const error = TritoneError.from(cause, 'inference.unavailable', { reason: 'opening failed' });
        log.debug({ code: error.code }, 'recogniser not open');
        if (!error.retryable) return undefined;
      }
    }
  }

  async #takePlace(): Promise<SpeechStream | undefined> {
    const { line, sink, metrics, signal } = this.#options;
    let waiting = false;
    try {
      return await line.open({
        request: () => ({ language: this.#language }),
        isActive: () => sink.isActive(),
        isWanted: () => this.#isWorthwhile(CATCH_UP_AFTER_WAITING_MS),
        onWaiting: () => {
          waiting = this.#waited = true;
          metrics.waiting.inc();
          sink.waiting(true);
        },
        signal,
      });
    } finally {
      if (waiting) {
        metrics.waiting.dec();
        sink.waiting(false);
      }
    }
  }

  /** True when the spurt is captioned to its end, false when another sequence must go on. */
  async #caption(stream: SpeechStream): Promise<boolean> {
    const { line, log, metrics, assembler, sink, signal } = this.#options;
    this.#skipWhatIsTooOld();
    if (this.#isOver()) {
      await stream.close();
      line.slotFreed();
      return true;
    }
    const following = this.#follow(stream).finally(() => line.slotFreed());
    try {
      await Promise.race([following, this.#settledToEnd.promise]);
      if (signal.aborted) return false;
      for (const caption of assembler.endSequence()) sink.caption(caption);
      const forget = line.givesWay(stream);
      this.#correcting = following.catch(() => {}).finally(forget); // what was told stands, bettered or not
      return true;
    } catch (cause) {
      const error = TritoneError.from(cause, 'inference.failed', { reason: 'the sequence broke off' });
      log.warn({ code: error.code, model: stream.model }, 'caption sequence lost');
      metrics.resumes.inc();
      this.#afterFailure(error);
      if (!this.#isOver()) return false;
      for (const caption of assembler.endSequence()) sink.caption(caption);
      return true;
    }
  }

  #skipWhatIsTooOld(): void {
    const { ring, spurt } = this.#options;
    if (this.#waited) this.#skipTo(ring.endSample - msToSamples(CATCH_UP_AFTER_WAITING_MS), 'overload');
    this.#skipTo(ring.startSample, 'outage');
    this.#waited = false;
    this.#liveFromMs = this.#toMs(Math.min(ring.endSample, spurt.endSample)) - 1000;
  }

  #afterFailure(error: TritoneError): void {
    if (error.retryable) return;
    this.#failures += 1;
    if (this.#failures < FAILURES_ALLOWED) return;
    this.#failures = 0;
    this.#skipTo(this.#options.spurt.endSample, 'outage');
  }

  async #follow(stream: SpeechStream): Promise<void> {
    const { assembler, ring, roomTime, signal, spurt } = this.#options;
    const places = TimeMap.toSamples();
    places.add(0, this.#settled);
    assembler.beginSequence((sample) => roomTime.at(places.at(sample)));
    const onLost = (startSample: number, endSample: number) => this.#markGap(startSample, endSample, 'overload');
    await followSequence({ stream, ring, spurt, places, onLost, signal }, (event) => this.#hear(event, places));
  }

  #hear(event: SpeechEvent, places: TimeMap): void {
    const { assembler, sink } = this.#options;
    if (event.type === 'partial' || event.type === 'final') {
      this.#backOff.reset();
      const isCorrection = assembler.hasEnded(event.utterance);
      for (const caption of assembler.take(event)) {
        sink.caption(caption);
        if (!isCorrection) this.#measure(caption);
      }
      if (event.type === 'final' && !isCorrection) this.#settle(places.at(event.endSample));
    } else if (event.type === 'progress') {
      this.#settle(places.at(event.settledSample));
      for (const caption of assembler.settle(event.settledSample)) sink.caption(caption);
    }
    if (this.#isOver()) this.#settledToEnd.resolve();
  }

  #measure(caption: Caption): void {
    const { metrics, sink } = this.#options;
    if (caption.text === '' || caption.startMs < this.#liveFromMs) return;
    if (caption.final) metrics.finalMs.observe(sink.nowMs() - caption.endMs);
    else if (caption.revision === 0) metrics.firstPartialMs.observe(sink.nowMs() - caption.startMs);
  }

  #settle(sample: number): void {
    if (sample <= this.#settled) return;
    this.#settled = sample;
    this.#failures = 0;
  }

  #skipTo(sample: number, reason: GapReason): void {
    const { assembler, sink, spurt } = this.#options;
    const end = Math.min(sample, spurt.endSample);
    if (end <= this.#settled) return;
    let startMs = this.#toMs(Math.max(this.#settled, spurt.onsetSample));
    for (const caption of assembler.abandon()) {
      sink.caption(caption);
      startMs = Math.max(startMs, caption.endMs);
    }
    sink.gap(startMs, Math.max(startMs, this.#toMs(end)), reason);
    this.#settled = end;
  }

  #markGap(startSample: number, endSample: number, reason: GapReason): void {
    this.#options.sink.gap(this.#toMs(startSample), this.#toMs(endSample), reason);
  }

  #isOver(): boolean {
    const { spurt } = this.#options;
    return spurt.ended && this.#settled >= spurt.endSample;
  }

  #isWorthwhile(oldestMs: number): boolean {
    const { spurt, sink } = this.#options;
    if (!spurt.ended) return true;
    return !this.#isOver() && sink.nowMs() - this.#toMs(spurt.endSample) <= oldestMs;
  }

  #toMs(sample: number): number {
    return Math.round(this.#options.roomTime.at(sample));
  }
}

function msToSamples(ms: number): number {
  return (ms * PCM_RATE) / 1000;
}
