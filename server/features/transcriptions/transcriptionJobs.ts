import { TritoneError } from '../../../shared/errors.ts';
import type { Clock } from '../../streams/clock.ts';
import { TranscriptionJob, type TranscriptionJobOptions } from './transcriptionJob.ts';

const MAX_RUNNING = 4;
/** What has ended can still be asked for this long, */
const KEEP_MS = 60 * 60 * 1000;
/** but no more than this many: the oldest are forgotten first. */
const MAX_ENDED = 100;

/** The transcriptions that run or ended lately. Policy when full: refuse. */
export class TranscriptionJobs {
  readonly #clock: Clock;
  readonly #running = new Map<string, TranscriptionJob>();
  readonly #ended = new Map<string, TranscriptionJob>();
  /** Asked for while their upload was still coming in. */
  #reserved = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Holds a place while `upload` comes in. @throws TritoneError `request.too_many`, and whatever `upload` throws */
  async start(upload: () => Promise<TranscriptionJobOptions>): Promise<TranscriptionJob> {
    if (this.#running.size + this.#reserved >= MAX_RUNNING) throw new TritoneError('request.too_many');
    this.#reserved += 1;
    try {
      const job = new TranscriptionJob(await upload());
      this.#running.set(job.id, job);
      void job.ended.then(() => this.#retire(job));
      return job;
    } finally {
      this.#reserved -= 1;
    }
  }

  /** @throws TritoneError `transcription.not_found` */
  find(id: string): TranscriptionJob {
    const job = this.#running.get(id) ?? this.#ended.get(id);
    if (job === undefined) throw new TritoneError('transcription.not_found', { id });
    return job;
  }

  /** Cancels a running one, forgets one that has ended. @throws TritoneError `transcription.not_found` */
  remove(id: string): void {
    this.find(id).cancel();
    this.#ended.delete(id);
  }

  /** Cancels all that run. Never rejects. */
  async close(): Promise<void> {
    const running = [...this.#running.values()];
    for (const job of running) job.cancel();
    await Promise.all(running.map((job) => job.ended));
  }

  #retire(job: TranscriptionJob): void {
    this.#running.delete(job.id);
    this.#ended.set(job.id, job);
    this.#clock.after(KEEP_MS, () => this.#ended.delete(job.id));
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > MAX_ENDED && oldest !== undefined) this.#ended.delete(oldest);
  }
}
