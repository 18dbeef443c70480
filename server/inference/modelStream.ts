import { TritoneError } from '../../shared/errors.ts';
import { BoundedQueue, type BoundedQueueOptions } from '../streams/boundedQueue.ts';
import type { Clock } from '../streams/clock.ts';
import { onAbort } from '../streams/onAbort.ts';
import type { ModelMetrics } from './modelMetrics.ts';
import { PcmQueue, SAMPLES_PER_MS } from './pcmQueue.ts';
import { SampleMap } from './sampleMap.ts';
import type { Sequence } from './sequenceCall.ts';
import { SequenceWatch } from './sequenceWatch.ts';
import type { WriteOptions } from './speechToText.types.ts';
import { audioTensor, type Outputs, type Tensor } from './tensors.ts';

/** Taps give 20 ms at a time; a request costs Triton as much whether it carries 20 ms or 100 (docs/inference.md). */
const CHUNK_MS = 100;
/** One request carries no more, so that a long backlog does not hold the others up. */
const MAX_CHUNK_MS = 500;
/** A model that is behind holds its acknowledgements back: this is all that it is sent meanwhile. */
const MAX_UNACKNOWLEDGED = 10;
const MAX_UNREAD_EVENTS = 1024;
const WRITE_ROOM_MS = 1000;
/** Request parameter: the sender has announced that only silence follows this request's sound, until the next request. */
const SILENT_AFTER = { silent_after: { bool_param: true } };

export interface ParsedEvent<Event> {
  readonly type: string;
  /** Undefined where Tritone does not know the type: a newer model may send it. */
  readonly event: Event | undefined;
}

export interface ModelStreamOptions<Event> {
  readonly model: string;
  readonly sequence: Sequence;
  /** Sent with the first audio. */
  readonly startInputs: readonly Tensor[];
  /** @throws where the outputs are not what the model's contract says */
  readonly read: (outputs: Outputs, map: SampleMap) => readonly ParsedEvent<Event>[];
  /** What goes with the sound between two samples, as the model counts them. */
  readonly inputsBeside?: (startSample: number, endSample: number, map: SampleMap) => readonly Tensor[];
  /** What waits for the reader; 1024 events unless given, and then the stream fails. */
  readonly unread?: BoundedQueueOptions<Event>;
  readonly clock: Clock;
  readonly metrics: ModelMetrics;
  readonly maxQueuedMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One Triton sequence: mono 16 kHz PCM in as AUDIO INT16[1,n], typed events out, in order.
 * Its opener owns it; aborting `signal` closes it. Failures reach the reader of `events`, no one else.
 */
export class ModelStream<Event> implements AsyncDisposable {
  readonly model: string;
  /** For one reader. Ends with the stream; throws a TritoneError. */
  readonly events: AsyncIterable<Event>;
  /** Settles when the sequence is over, however. Never rejects. */
  readonly closed: Promise<void>;
  readonly #options: ModelStreamOptions<Event>;
  readonly #queue: PcmQueue;
  readonly #events: BoundedQueue<Event>;
  readonly #eventsMayDrop: boolean;
  readonly #watch: SequenceWatch;
  readonly #map = new SampleMap();
  #writers: (() => void)[] = [];
  #sentSamples = 0;
  #overdue = false;
  #silentAfter = false;
  #ending = false;
  #over = false;
  #forgetFlush: (() => void) | undefined;

  constructor(options: ModelStreamOptions<Event>) {
    this.model = options.model;
    this.#options = options;
    this.#queue = new PcmQueue(options.maxQueuedMs);
    const unread = options.unread ?? { limit: MAX_UNREAD_EVENTS, whenFull: 'refuse' };
    this.#events = new BoundedQueue<Event>(unread);
    this.#eventsMayDrop = unread.whenFull === 'drop-oldest';
    this.#watch = new SequenceWatch({ ...options, keepAlive: () => this.#send(this.#queue.take(0)) });
    this.events = this.#events;
    this.closed = this.#receive();
    const forgetOwner = onAbort(options.signal, () => void this.close());
    void this.closed.then(forgetOwner);
  }

  /** Never waits, never grows. Returns the ms dropped to make room; the caller marks that gap. */
  push(pcm: Int16Array, { atOnce = false, silentAfter = false }: WriteOptions = {}): number {
    if (this.#over || this.#ending) return 0;
    this.#overdue ||= atOnce;
    this.#silentAfter = silentAfter;
    const dropped = this.#queue.push(pcm);
    this.#map.drop(this.#sentSamples, dropped);
    this.#flush();
    const droppedMs = dropped / SAMPLES_PER_MS;
    this.#options.metrics.droppedMs.inc(droppedMs);
    return droppedMs;
  }

  /** Waits while more than a second is queued; nothing is dropped. Never rejects. */
  async write(pcm: Int16Array, options: WriteOptions = {}): Promise<void> {
    const room = WRITE_ROOM_MS * SAMPLES_PER_MS;
    for (let offset = 0; offset < pcm.length && !this.#over; offset += room) {
      this.push(pcm.subarray(offset, offset + room), offset + room < pcm.length ? {} : options);
      while (!this.#over && this.#queue.samples > room) {
        await new Promise<void>((resolve) => this.#writers.push(resolve));
      }
    }
  }

  /** What was pushed is still sent and answered, then `events` ends. Never rejects; twice is once. */
  end(): Promise<void> {
    if (!this.#ending) {
      this.#ending = true;
      if (!this.#watch.started && this.#queue.samples === 0) this.#options.sequence.cancel();
      else this.#flush();
    }
    return this.closed;
  }

  /** Cancels at once; `events` ends. Never rejects; twice is once. */
  close(): Promise<void> {
    this.#options.sequence.cancel();
    return this.closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Sends what is due: the first audio at once, then 100 ms together, and never more than is acknowledged. */
  #flush(): void {
    while (this.#isDue()) this.#send(this.#queue.take(MAX_CHUNK_MS * SAMPLES_PER_MS));
    if (this.#queue.samples > 0 && !this.#overdue && !this.#over) {
      this.#forgetFlush ??= this.#options.clock.after(CHUNK_MS, () => {
        this.#overdue = true;
        this.#flush();
      });
    }
  }

  #isDue(): boolean {
    if (this.#over || this.#watch.unacknowledged >= MAX_UNACKNOWLEDGED) return false;
    if (this.#ending) return !this.#watch.endSent;
    if (this.#queue.samples === 0) return false;
    return !this.#watch.started || this.#overdue || this.#queue.samples >= CHUNK_MS * SAMPLES_PER_MS;
  }

  #send(audio: Buffer): void {
    const { startInputs, inputsBeside } = this.#options;
    this.#forgetFlush?.();
    this.#forgetFlush = undefined;
    this.#overdue = false;
    const startSample = this.#sentSamples;
    this.#sentSamples += audio.length / Int16Array.BYTES_PER_ELEMENT;
    const inputs = [
      audioTensor('AUDIO', audio),
      ...(this.#watch.started ? [] : startInputs),
      ...(inputsBeside?.(startSample, this.#sentSamples, this.#map) ?? []),
    ];
    const isLast = this.#queue.samples === 0;
    const parameters = this.#silentAfter && isLast ? SILENT_AFTER : {};
    void this.#watch.send(inputs, { end: this.#ending && isLast, parameters }).then(() => {
      this.#flush();
      this.#admitWriters();
    });
  }

  async #receive(): Promise<void> {
    const { sequence } = this.#options;
    try {
      for await (const outputs of sequence.outputs) {
        this.#watch.heard();
        for (const event of this.#options.read(outputs, this.#map)) this.#accept(event);
      }
      this.#events.close();
    } catch (cause) {
      const failure = TritoneError.from(cause, 'inference.failed', { reason: 'an event does not fit its schema' });
      sequence.cancel(failure);
      this.#events.fail(failure);
    }
    this.#finish();
    await sequence.closed;
  }

  #accept({ type, event }: ParsedEvent<Event>): void {
    this.#options.metrics.event(type);
    if (event !== undefined && this.#events.push(event) > 0 && !this.#eventsMayDrop) {
      throw new TritoneError('internal', {}, { cause: new Error('the events of a model are not read') });
    }
  }

  #admitWriters(): void {
    const writers = this.#writers;
    this.#writers = [];
    for (const admit of writers) admit();
  }

  #finish(): void {
    this.#over = true;
    this.#forgetFlush?.();
    this.#watch.stop();
    this.#queue.clear();
    this.#admitWriters();
  }
}
