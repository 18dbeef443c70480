import { randomUUID } from 'node:crypto';
import { TritoneError } from '../../../shared/errors.ts';
import type { SpeechToText } from '../../inference/speechToText.types.ts';
import type { Clock } from '../../streams/clock.ts';
import type { Log } from '../../streams/log.ts';
import type { TranscriptLine } from '../transcripts/transcript.ts';
import type { SpooledFile } from './spooledFile.ts';
import { transcribe } from './transcribe.ts';

/** Decodes a sound file of any kind to mono 16 kHz, in pieces, no faster than it is read. @throws TritoneError `transcription.not_audio` */
export type DecodeAudioFile = (
  source: AsyncIterable<Uint8Array>,
  options: { signal: AbortSignal },
) => AsyncIterable<Int16Array>;

export interface TranscriptionJobOptions {
  file: SpooledFile;
  language: string;
  model: string | undefined;
  decode: DecodeAudioFile;
  speechToText: SpeechToText;
  clock: Clock;
  log: Log;
}

export type TranscriptionStatus = 'running' | 'done' | 'failed' | 'cancelled';

/** One file on its way to text. It owns the file and deletes it at the end. */
export class TranscriptionJob {
  readonly id = randomUUID();
  readonly lines: TranscriptLine[] = [];
  /** Settles when the job has ended, however. Never rejects. */
  readonly ended: Promise<void>;
  readonly #options: TranscriptionJobOptions;
  readonly #abort = new AbortController();
  #status: TranscriptionStatus = 'running';
  #error: TritoneError | undefined;
  #progressMs = 0;
  #durationMs: number | undefined;
  #wakes: (() => void)[] = [];

  constructor(options: TranscriptionJobOptions) {
    this.#options = options;
    this.ended = this.#run();
  }

  get status(): TranscriptionStatus {
    return this.#status;
  }

  /** Why it failed. */
  get error(): TritoneError | undefined {
    return this.#error;
  }

  /** Ms of the file that are done with. */
  get progressMs(): number {
    return this.#progressMs;
  }

  /** Length of the file, ms: estimated from what is decoded, exact at the end; undefined before anything is. */
  get durationMs(): number | undefined {
    return this.#durationMs;
  }

  cancel(): void {
    this.#abort.abort();
  }

  /** Resolves at the next line, progress or end. */
  changed(): Promise<void> {
    if (this.#status !== 'running') return Promise.resolve();
    return new Promise((resolve) => {
      this.#wakes.push(resolve);
    });
  }

  async #run(): Promise<void> {
    const { file, decode, log } = this.#options;
    const { signal } = this.#abort;
    try {
      await transcribe({
        ...this.#options,
        pcm: decode(file.read(), { signal }),
        onLine: (line, index) => {
          this.lines[index] = line;
        },
        onProgress: (settledMs, decodedMs) => this.#progress(settledMs, decodedMs),
        signal,
      });
      this.#progressMs = this.#durationMs ?? 0;
      this.#status = 'done';
    } catch (cause) {
      this.#error = TritoneError.from(cause, 'internal');
      this.#status = signal.aborted ? 'cancelled' : 'failed';
      if (this.#error.code === 'internal') log.error({ err: cause }, 'transcription failed');
    } finally {
      await file[Symbol.asyncDispose]().catch((cause: unknown) => log.warn({ err: cause }, 'upload not deleted'));
      this.#wake();
    }
  }

  #progress(settledMs: number, decodedMs: number): void {
    const { file } = this.#options;
    this.#progressMs = Math.round(settledMs);
    const share = Math.min(1, file.bytesRead / Math.max(1, file.bytes));
    this.#durationMs = Math.max(Math.round(decodedMs), share > 0 ? Math.round(decodedMs / share) : 0);
    this.#wake();
  }

  #wake(): void {
    const wakes = this.#wakes;
    this.#wakes = [];
    for (const wake of wakes) wake();
  }
}
