import { TritoneError } from '../../shared/errors.ts';
import { BoundedQueue } from '../streams/boundedQueue.ts';
import type { Clock } from '../streams/clock.ts';
import { onAbort } from '../streams/onAbort.ts';
import type { ModelMetrics } from './modelMetrics.ts';
import { PcmQueue, SAMPLES_PER_MS } from './pcmQueue.ts';
import { SampleMap } from './sampleMap.ts';
import type { Sequence } from './sequenceCall.ts';
import { audioTensor, readTexts, type Tensor } from './tensors.ts';

/** Taps give 20 ms at a time; a request costs Triton as much whether it carries 20 ms or 100 (docs/inference.md). */
const CHUNK_MS = 100;
/** One request carries no more, so that a long backlog does not hold the others up. */
const MAX_CHUNK_MS = 500;
const MAX_UNACKNOWLEDGED = 10;
/** After END a model may still think; silent for so long, it is taken for dead. */
const END_DEADLINE_MS = 10_000;
const MAX_UNREAD_EVENTS = 1024;
const WRITE_SLICE_MS = 1000;
/** `write` runs no further ahead of what the model has settled, */
const WRITE_AHEAD_MS = 20_000;
/** and waits no longer for a model that tells nothing of its progress. */
const WRITE_PATIENCE_MS = 5000;

export interface ParsedEvent<Event> {
  readonly type: string;
  /** Undefined where Tritone does not know the type: a newer model may send it. */
  readonly event: Event | undefined;
  /** Everything before it has been dealt with. */
  readonly settledSample: number | undefined;
}

export interface ModelStreamOptions<Event> {
  readonly model: string;
  readonly sequence: Sequence;
  /** BYTES[1,1] sent with the first audio. */
  readonly startInputs: readonly Tensor[];
  readonly parse: (text: string, map: SampleMap) => ParsedEvent<Event>;
  readonly clock: Clock;
  readonly metrics: ModelMetrics;
  readonly maxQueuedMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One Triton sequence: mono 16 kHz PCM in as AUDIO INT16[1,n], typed events out as EVENT BYTES[1,1] JSON, in order.
 * Its opener owns it; aborting `signal` closes it. Failures reach the reader of `events`, no one else.
 */
export class ModelStream<Event> implements AsyncDisposable {
  readonly model: string;
  /** For one reader. Ends with the stream; throws a TritoneError. */
  readonly events: AsyncIterable<Event>;
  /** Settles when the sequence is over, however. Never rejects. */
  readonly closed: Promise<void>;
  readonly #options: ModelStreamOptions<Event>;
  readonly #sequence: Sequence;
  readonly #queue: PcmQueue;
  readonly #events = new BoundedQueue<Event>({ limit: MAX_UNREAD_EVENTS, whenFull: 'refuse' });
  readonly #map = new SampleMap();
  #waiters: (() => void)[] = [];
  #sentSamples = 0;
  #settledSample = 0;
  #pushedSamples = 0;
  #requests = 0;
  #unacknowledged = 0;
  #overdue = false;
  #forgetFlush: (() => void) | undefined;
  #forgetSilence: (() => void) | undefined;
  #ending = false;
  #endSent = false;
  #over = false;

  constructor(options: ModelStreamOptions<Event>) {
    this.model = options.model;
    this.#options = options;
    this.#sequence = options.sequence;
    this.#queue = new PcmQueue(options.maxQueuedMs);
    this.events = this.#events;
    this.closed = this.#receive();
    const forgetOwner = onAbort(options.signal, () => void this.close());
    void this.closed.then(forgetOwner);
  }

  /** Never waits, never grows. Returns the ms dropped to make room; the caller marks that gap. */
  push(pcm: Int16Array): number {
    if (this.#over || this.#ending) return 0;
    this.#pushedSamples += pcm.length;
    const dropped = this.#queue.push(pcm);
    this.#map.drop(this.#sentSamples, dropped);
    this.#flush();
    const droppedMs = dropped / SAMPLES_PER_MS;
    this.#options.metrics.droppedMs.inc(droppedMs);
    return droppedMs;
  }

  /** Waits for room and for a model that is far behind; nothing is dropped. Never rejects. */
  async write(pcm: Int16Array): Promise<void> {
    const slice = WRITE_SLICE_MS * SAMPLES_PER_MS;
    for (let offset = 0; offset < pcm.length && !this.#over; offset += slice) {
      await this.#room();
      this.push(pcm.subarray(offset, offset + slice));
    }
  }

  /** What was pushed is still sent and answered, then `events` ends. Never rejects; twice is once. */
  end(): Promise<void> {
    if (!this.#ending) {
      this.#ending = true;
      this.#expectAnEvent();
      if (this.#requests === 0 && this.#queue.samples === 0) this.#sequence.cancel();
      else this.#flush();
    }
    return this.closed;
  }

  /** Cancels at once; `events` ends. Never rejects; twice is once. */
  close(): Promise<void> {
    this.#sequence.cancel();
    return this.closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Sends what is due: the first audio at once, then 100 ms together, and never more than Triton acknowledges. */
  #flush(): void {
    while (this.#isDue()) this.#send();
    if (this.#queue.samples > 0 && !this.#overdue) {
      this.#forgetFlush ??= this.#options.clock.after(CHUNK_MS, () => {
        this.#overdue = true;
        this.#flush();
      });
    }
  }

  #isDue(): boolean {
    if (this.#over || this.#unacknowledged >= MAX_UNACKNOWLEDGED) return false;
    if (this.#ending) return !this.#endSent;
    if (this.#queue.samples === 0) return false;
    return this.#requests === 0 || this.#overdue || this.#queue.samples >= CHUNK_MS * SAMPLES_PER_MS;
  }

  #send(): void {
    this.#forgetFlush?.();
    this.#forgetFlush = undefined;
    this.#overdue = false;
    const audio = this.#queue.take(MAX_CHUNK_MS * SAMPLES_PER_MS);
    const inputs = [audioTensor('AUDIO', audio), ...(this.#requests === 0 ? this.#options.startInputs : [])];
    const end = this.#ending && this.#queue.samples === 0;
    this.#endSent = end;
    this.#requests += 1;
    this.#unacknowledged += 1;
    this.#sentSamples += audio.length / Int16Array.BYTES_PER_ELEMENT;
    const { clock, metrics } = this.#options;
    const sentAtMs = clock.nowMs();
    void this.#sequence.send(inputs, { end }).then(() => {
      metrics.ackMs.observe(clock.nowMs() - sentAtMs);
      this.#unacknowledged -= 1;
      this.#flush();
      this.#wake();
    });
  }

  async #receive(): Promise<void> {
    try {
      for await (const outputs of this.#sequence.outputs) {
        const tensor = outputs.get('EVENT');
        for (const text of tensor === undefined ? [] : readTexts(tensor)) this.#accept(text);
      }
      this.#events.close();
    } catch (cause) {
      const failure = TritoneError.from(cause, 'inference.failed', { reason: 'an event does not fit its schema' });
      this.#sequence.cancel(failure);
      this.#events.fail(failure);
    }
    this.#finish();
    await this.#sequence.closed;
  }

  #accept(text: string): void {
    const { type, event, settledSample } = this.#options.parse(text, this.#map);
    this.#options.metrics.event(type);
    this.#settledSample = Math.max(this.#settledSample, settledSample ?? 0);
    if (this.#ending) this.#expectAnEvent();
    if (event !== undefined && this.#events.push(event) > 0) {
      throw new TritoneError('internal', {}, { cause: new Error('the events of a model are not read') });
    }
    this.#wake();
  }

  #expectAnEvent(): void {
    this.#forgetSilence?.();
    this.#forgetSilence = this.#options.clock.after(END_DEADLINE_MS, () => {
      const late = { model: this.model, deadlineMs: END_DEADLINE_MS };
      this.#sequence.cancel(new TritoneError('inference.timeout', late));
    });
  }

  async #room(): Promise<void> {
    const { clock } = this.#options;
    const startedAtMs = clock.nowMs();
    const queueIsLong = () => this.#queue.samples >= WRITE_SLICE_MS * SAMPLES_PER_MS;
    const modelIsBehind = () =>
      this.#pushedSamples - this.#settledSample > WRITE_AHEAD_MS * SAMPLES_PER_MS &&
      clock.nowMs() - startedAtMs < WRITE_PATIENCE_MS;
    while (!this.#over && (queueIsLong() || modelIsBehind())) {
      await new Promise<void>((resolve) => {
        const forget = clock.after(WRITE_PATIENCE_MS, resolve);
        this.#waiters.push(() => {
          forget();
          resolve();
        });
      });
    }
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  #finish(): void {
    this.#over = true;
    this.#forgetFlush?.();
    this.#forgetSilence?.();
    this.#queue.clear();
    this.#wake();
  }
}
