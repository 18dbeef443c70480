import { TritoneError } from '../../../shared/errors.ts';
import type { SpeechEvent, SpeechStream, SpeechToText } from '../../inference/speechToText.types.ts';
import { PCM_RATE } from '../../media/pcmChunk.ts';
import type { Clock } from '../../streams/clock.ts';
import type { Log } from '../../streams/log.ts';
import { BackOff } from '../speech/backOff.ts';
import { CaptionAssembler } from '../speech/captionAssembler.ts';
import { followSequence } from '../speech/followSequence.ts';
import { PcmRing } from '../speech/pcmRing.ts';
import { TalkSpurt } from '../speech/talkSpurt.ts';
import { TimeMap } from '../speech/timeMap.ts';
import { type TranscriptLine, toLine } from '../transcripts/transcript.ts';

/** Decoding runs so far ahead of what is settled, and all of that is kept for a replay. */
const AHEAD_SAMPLES = 60 * PCM_RATE;
/** Room beyond it for the largest piece that a decoder hands over at once. */
const RING_SAMPLES = AHEAD_SAMPLES + 30 * PCM_RATE;
const REOPEN_PAUSES_MS = [0, 250, 500, 1000, 2000];
/** Without any progress for this long the transcription fails with whatever stands in its way. */
const PATIENCE_MS = 60_000;
/** To wait in line while people talk is no lack of progress; this long it is. */
const LONGEST_WAIT_MS = 30 * 60_000;
const SAMPLES_PER_MS = PCM_RATE / 1000;

export interface TranscribeOptions {
  /** Mono INT16 at 16 kHz, read no faster than the model settles it. */
  pcm: AsyncIterable<Int16Array>;
  speechToText: SpeechToText;
  /** A tag, or `auto`. */
  language: string;
  model: string | undefined;
  /** `index` counts lines from 0; a second pass may tell an earlier one again. */
  onLine: (line: TranscriptLine, index: number) => void;
  /** Ms of sound that are done with, and that are decoded so far. */
  onProgress: (settledMs: number, decodedMs: number) => void;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}

/**
 * Sound of any length through the pipeline of the live captions, as fast as the model takes it. A lost sequence goes on
 * where the last settled word ended. Resolves when the last line is out.
 * @throws TritoneError of the decoder, `inference.*`
 */
export async function transcribe(options: TranscribeOptions): Promise<void> {
  await new Transcription(options).run();
}

class Transcription {
  readonly #options: TranscribeOptions;
  readonly #ring = new PcmRing(RING_SAMPLES);
  readonly #sound = new TalkSpurt(0);
  readonly #backOff: BackOff;
  readonly #assembler: CaptionAssembler;
  readonly #over = new AbortController();
  #settled = 0;
  #progressAtMs: number;
  #inLineSinceMs: number | undefined;
  /** Where each caption's line stands: a second pass may better it. */
  readonly #places = new Map<string, number>();
  #decoderMayGoOn: (() => void) | undefined;

  constructor(options: TranscribeOptions) {
    let count = 0;
    this.#options = options;
    this.#backOff = new BackOff(options.clock, REOPEN_PAUSES_MS);
    this.#assembler = new CaptionAssembler({
      participantId: 'file',
      source: 'microphone',
      nextId: () => `file:${++count}`,
    });
    this.#progressAtMs = options.clock.nowMs();
  }

  async run(): Promise<void> {
    const signal = AbortSignal.any([this.#options.signal, this.#over.signal]);
    let unreadable: unknown;
    const decoding = this.#decode(signal).catch((cause: unknown) => {
      unreadable = cause;
      this.#over.abort();
    });
    try {
      await this.#sound.reached(1, signal);
      while (!signal.aborted && this.#settled < this.#sound.endSample) {
        if (await this.#runSequence(signal)) break;
      }
    } finally {
      this.#over.abort();
      this.#decoderMayGoOn?.();
      await decoding;
    }
    if (this.#options.signal.aborted) throw new TritoneError('inference.cancelled');
    if (unreadable !== undefined) throw unreadable;
  }

  async #decode(signal: AbortSignal): Promise<void> {
    for await (const pcm of this.#options.pcm) {
      if (signal.aborted) return;
      this.#ring.write(pcm, this.#ring.endSample);
      this.#sound.hear(this.#ring.endSample);
      this.#tellProgress();
      while (this.#ring.endSample - this.#settled > AHEAD_SAMPLES && !signal.aborted) {
        await new Promise<void>((resolve) => {
          this.#decoderMayGoOn = resolve;
        });
      }
    }
    this.#sound.end();
  }

  /** True when the sound is transcribed to its end. */
  async #runSequence(signal: AbortSignal): Promise<boolean> {
    const stream = await this.#open(signal);
    if (stream === undefined) return true;
    const places = TimeMap.toSamples();
    places.add(0, this.#settled);
    this.#assembler.beginSequence((sample) => places.at(sample) / SAMPLES_PER_MS);
    const onLost = () => {};
    const sequence = { stream, ring: this.#ring, spurt: this.#sound, places, onLost, signal };
    try {
      await followSequence(sequence, (event) => this.#hear(event, places));
      return true;
    } catch (cause) {
      this.#passIfPatient(TritoneError.from(cause, 'inference.failed', { reason: 'the sequence broke off' }));
      return false;
    }
  }

  async #open(signal: AbortSignal): Promise<SpeechStream | undefined> {
    const { speechToText, language, model } = this.#options;
    while (true) {
      await this.#backOff.pause(signal);
      if (signal.aborted) return undefined;
      try {
        const named = model === undefined ? {} : { model };
        const stream = await speechToText.open({ language, priority: 'batch', ...named, signal });
        this.#inLineSinceMs = undefined;
        return stream;
      } catch (cause) {
        const error = TritoneError.from(cause, 'inference.unavailable', { reason: 'opening failed' });
        if (error.code === 'inference.no_model') throw error;
        this.#passIfPatient(error);
      }
    }
  }

  #passIfPatient(error: TritoneError): void {
    const { clock, log } = this.#options;
    const nowMs = clock.nowMs();
    this.#inLineSinceMs = error.code === 'inference.busy' ? (this.#inLineSinceMs ?? nowMs) : undefined;
    if (nowMs - (this.#inLineSinceMs ?? Number.NEGATIVE_INFINITY) < LONGEST_WAIT_MS) this.#progressAtMs = nowMs;
    if (!error.retryable || nowMs - this.#progressAtMs > PATIENCE_MS) throw error;
    log.debug({ code: error.code }, 'transcription goes on after a failure');
  }

  #hear(event: SpeechEvent, places: TimeMap): void {
    if (event.type === 'final') {
      const isCorrection = this.#assembler.hasEnded(event.utterance);
      for (const caption of this.#assembler.take(event)) {
        if (caption.final && caption.text !== '') this.#options.onLine(toLine(caption), this.#placeOf(caption.id));
      }
      if (!isCorrection) this.#settle(places.at(event.endSample));
    } else if (event.type === 'progress') {
      this.#settle(places.at(event.settledSample));
    }
  }

  #placeOf(captionId: string): number {
    const place = this.#places.get(captionId) ?? this.#places.size;
    this.#places.set(captionId, place);
    return place;
  }

  #settle(sample: number): void {
    if (sample <= this.#settled) return;
    this.#settled = sample;
    this.#progressAtMs = this.#options.clock.nowMs();
    this.#backOff.reset();
    this.#tellProgress();
    this.#decoderMayGoOn?.();
  }

  #tellProgress(): void {
    this.#options.onProgress(this.#settled / SAMPLES_PER_MS, this.#ring.endSample / SAMPLES_PER_MS);
  }
}
