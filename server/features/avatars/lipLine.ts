import { TritoneError } from '../../../shared/errors.ts';
import type { LipPatch, LipStream, LipSync } from '../../inference/lipSync.types.ts';
import type { Viseme } from '../../inference/visemes.ts';
import { PCM_RATE } from '../../media/pcmChunk.ts';
import type { Clock } from '../../streams/clock.ts';
import type { Log } from '../../streams/log.ts';
import { BackOff } from '../speech/backOff.ts';
import type { CompanionLine } from '../voices/companion.types.ts';
import type { AvatarMetrics } from './avatarMetrics.ts';

/** A mouth is held for this long where the next one is missing, then it closes. */
const HELD_MS = 120;
/** A voice is about a second ahead of what is heard; a model that draws further ahead than this is not believed. */
const MAX_PATCHES = 75;
/** Sound that a new sequence begins with after one was lost: from what is heard now. Policy: drop-oldest. */
const MAX_RECENT_SAMPLES = 3 * PCM_RATE;
const REOPEN_PAUSES_MS = [0, 250, 1000];

export interface LipLineOptions {
  readonly utteranceId: string;
  readonly lipSync: LipSync;
  /** What preparation made of the face. */
  readonly avatar: Buffer;
  readonly fps: number;
  /** Frame of the clip that is shown next. */
  readonly nextBase: () => number;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: AvatarMetrics;
  /** Called once. */
  readonly onClosed: () => void;
}

interface Spoken {
  readonly startSample: number;
  readonly pcm: Int16Array;
  readonly visemes: readonly Viseme[];
}

interface OpenStream {
  readonly stream: LipStream;
  /** Sample of the utterance with which it began. */
  readonly startSample: number;
}

/**
 * The lips of one utterance: hands its sound to a model and keeps the mouths until their sound is heard. What comes late is
 * dropped; a sequence that is lost is opened anew from the sound that is heard then. Samples are of 16 kHz, of the utterance.
 */
export class LipLine implements CompanionLine {
  readonly ready: Promise<void>;
  readonly #options: LipLineOptions;
  readonly #abort = new AbortController();
  readonly #isReady = Promise.withResolvers<void>();
  readonly #frameSamples: number;
  readonly #patches: LipPatch[] = [];
  readonly #recent: Spoken[] = [];
  #pushedSamples = 0;
  #heardSample = 0;
  #open: OpenStream | undefined;
  #ended = false;
  #shownAtMs: number | undefined;

  constructor(options: LipLineOptions) {
    this.#options = options;
    this.#frameSamples = PCM_RATE / options.fps;
    this.ready = this.#isReady.promise;
    void this.#run();
  }

  get shownAtMs(): number | undefined {
    return this.#shownAtMs;
  }

  push(pcm: Int16Array, visemes: readonly Viseme[]): void {
    if (this.#abort.signal.aborted || this.#ended) return;
    const spoken = { startSample: this.#pushedSamples, pcm, visemes };
    this.#pushedSamples += pcm.length;
    this.#recent.push(spoken);
    this.#forgetRecent();
    if (this.#open !== undefined) this.#hand(this.#open, spoken);
  }

  end(): void {
    this.#ended = true;
    void this.#open?.stream.end();
  }

  close(): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    this.#patches.length = 0;
    this.#recent.length = 0;
    this.#isReady.resolve();
    this.#options.onClosed();
  }

  /** The mouth for the sound that is heard now; undefined where it is closed. */
  patchAt(sample: number): LipPatch | undefined {
    const { clock, metrics } = this.#options;
    this.#heardSample = sample;
    const until = sample + this.#frameSamples / 2;
    while ((this.#patches[1]?.ptsSample ?? Number.POSITIVE_INFINITY) <= until) this.#patches.shift();
    const [patch] = this.#patches;
    const isHeld =
      patch !== undefined &&
      patch.ptsSample <= Math.max(0, until) &&
      sample - patch.ptsSample <= (HELD_MS * PCM_RATE) / 1000;
    if (!isHeld) {
      metrics.closed.inc();
      return undefined;
    }
    metrics.shown.inc();
    this.#shownAtMs ??= clock.nowMs();
    return patch;
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { clock, log, metrics, utteranceId } = this.#options;
    const { signal } = this.#abort;
    const backOff = new BackOff(clock, REOPEN_PAUSES_MS);
    while (!signal.aborted) {
      try {
        await this.#draw();
        return;
      } catch (cause) {
        const { code, retryable } = TritoneError.from(cause, 'internal');
        if (signal.aborted) return;
        log.warn({ utteranceId, code, err: cause }, 'lips lost');
        if (!retryable) break;
        metrics.reopened.inc();
      }
      await backOff.pause(signal);
    }
    this.#isReady.resolve();
  }

  /** One sequence, from the sound that is heard now to its end. */
  async #draw(): Promise<void> {
    const { lipSync, avatar, fps, nextBase } = this.#options;
    const { signal } = this.#abort;
    await using stream = await lipSync.open({ avatar, fps, base: nextBase(), signal });
    this.#begin(stream);
    try {
      for await (const patch of stream.patches) this.#accept(patch, this.#open?.startSample ?? 0);
    } finally {
      this.#open = undefined;
    }
  }

  #begin(stream: LipStream): void {
    const [oldest] = this.#recent;
    const frame = Math.max(0, Math.floor(this.#heardSample / this.#frameSamples));
    const startSample = Math.max(Math.ceil(frame * this.#frameSamples), oldest?.startSample ?? this.#pushedSamples);
    this.#open = { stream, startSample };
    for (const spoken of this.#recent) this.#hand(this.#open, spoken);
    if (this.#ended) void stream.end();
  }

  /** What of `spoken` lies behind the beginning of the sequence. */
  #hand({ stream, startSample: begin }: OpenStream, { startSample, pcm, visemes }: Spoken): void {
    const skipped = Math.max(0, begin - startSample);
    if (skipped >= pcm.length && pcm.length > 0) return;
    const told = visemes
      .filter((viseme) => viseme.endSample > begin)
      .map((viseme) => ({
        ...viseme,
        startSample: Math.max(0, viseme.startSample - begin),
        endSample: viseme.endSample - begin,
      }));
    this.#options.metrics.droppedMs.inc(stream.push(pcm.subarray(skipped), told));
  }

  #accept(patch: LipPatch, begin: number): void {
    const ptsSample = patch.ptsSample + begin;
    const isLate = ptsSample + this.#frameSamples <= this.#heardSample;
    if (isLate || this.#patches.length >= MAX_PATCHES) this.#options.metrics.late.inc();
    else this.#keep({ ...patch, ptsSample });
    this.#isReady.resolve();
  }

  /** In order; a mouth that another sequence has drawn anew replaces the former. */
  #keep(patch: LipPatch): void {
    const before = this.#patches.findLastIndex(({ ptsSample }) => ptsSample < patch.ptsSample) + 1;
    const replaced = this.#patches[before]?.ptsSample === patch.ptsSample ? 1 : 0;
    this.#patches.splice(before, replaced, patch);
  }

  #forgetRecent(): void {
    const isOld = ({ startSample, pcm }: Spoken) =>
      startSample + pcm.length <
      Math.max(this.#heardSample - this.#frameSamples, this.#pushedSamples - MAX_RECENT_SAMPLES);
    while (this.#recent[0] !== undefined && isOld(this.#recent[0])) this.#recent.shift();
  }
}
