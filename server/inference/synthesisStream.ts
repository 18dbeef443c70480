import { TritoneError } from '../../shared/errors.ts';
import { BoundedQueue } from '../streams/boundedQueue.ts';
import type { Clock } from '../streams/clock.ts';
import { onAbort } from '../streams/onAbort.ts';
import { CodePoints } from './codePoints.ts';
import type { ModelMetrics } from './modelMetrics.ts';
import type { Sequence } from './sequenceCall.ts';
import { SequenceWatch } from './sequenceWatch.ts';
import { readSynthesisChunk } from './synthesisChunks.ts';
import { flagTensor, type Tensor, textTensor } from './tensors.ts';
import type { SpeechSynthesis, SynthesisChunk, Voice } from './textToSpeech.types.ts';

/** About 15 s of speech: what is cancelled was not spoken in vain for long. */
const PIECE_CHARACTERS = 200;
const MAX_UNACKNOWLEDGED = 2;
/** Text waits while the reader is so far behind. */
const AHEAD_MS = 5000;
/** What a model that was handed text may still speak meanwhile; one that goes on beyond it is broken. */
const MAX_UNREAD_MS = 180_000;
/** A clause is spoken in one go; on a machine that is busy a long one takes its time. */
const SILENCE_DEADLINE_MS = 20_000;

export interface SynthesisStreamOptions {
  readonly voice: Voice;
  readonly sequence: Sequence;
  /** Sent with the first text. */
  readonly startInputs: readonly Tensor[];
  readonly clock: Clock;
  readonly metrics: ModelMetrics;
  /** The model has said something. */
  readonly onSign: () => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One Triton sequence: fragments of text in as TEXT BYTES[1,1], sound with the times of words and mouth shapes out.
 * Its opener owns it; aborting `signal` closes it. Failures reach the reader of `chunks`, no one else.
 */
export class SynthesisStream implements SpeechSynthesis {
  readonly voice: Voice;
  readonly chunks: AsyncIterable<SynthesisChunk>;
  readonly #options: SynthesisStreamOptions;
  readonly #watch: SequenceWatch;
  readonly #chunks = new BoundedQueue<SynthesisChunk>({ limit: MAX_UNREAD_MS, weigh: durationMs, whenFull: 'refuse' });
  readonly #text = new CodePoints();
  readonly #closed: Promise<void>;
  #unsent = '';
  #flushing = false;
  #ending = false;
  #over = false;
  #waiting: (() => void)[] = [];

  constructor(options: SynthesisStreamOptions) {
    this.voice = options.voice;
    this.#options = options;
    this.#watch = new SequenceWatch({
      ...options,
      model: options.voice.model,
      silenceDeadlineMs: SILENCE_DEADLINE_MS,
      keepAlive: () => this.#send('', {}),
    });
    this.chunks = this.#read();
    this.#closed = this.#receive();
    const forgetOwner = onAbort(options.signal, () => void this.close());
    void this.#closed.then(forgetOwner);
  }

  async write(text: string): Promise<void> {
    if (this.#over || this.#ending) return;
    this.#unsent += text;
    await this.#untilSent();
  }

  async flush(): Promise<void> {
    if (this.#over || this.#ending || (!this.#watch.started && this.#unsent === '')) return;
    this.#flushing = true;
    await this.#untilSent();
  }

  end(): Promise<void> {
    this.#ending = true;
    if (!this.#watch.started && this.#unsent === '') this.#options.sequence.cancel();
    else this.#pump();
    return this.#closed;
  }

  close(): Promise<void> {
    this.#options.sequence.cancel();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #untilSent(): Promise<void> {
    this.#pump();
    while (!this.#over && this.#isDue()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #isDue(): boolean {
    if (this.#ending) return !this.#watch.endSent;
    return this.#sendable() > 0 || (this.#flushing && this.#watch.started);
  }

  /** Units of the text that may go: half of a surrogate pair waits for the other. */
  #sendable(): number {
    const isHalf = !this.#ending && /[\ud800-\udbff]$/.test(this.#unsent);
    return this.#unsent.length - (isHalf ? 1 : 0);
  }

  /** Sends what is due, as far as the model acknowledges and the reader keeps up. */
  #pump(): void {
    while (this.#isDue() && this.#mayGo()) {
      const sendable = this.#sendable();
      const length = sendable > PIECE_CHARACTERS ? wholeCharacters(this.#unsent, PIECE_CHARACTERS) : sendable;
      const piece = this.#unsent.slice(0, length);
      this.#unsent = this.#unsent.slice(length);
      const isLast = length === sendable;
      this.#send(piece, { flush: this.#flushing && isLast, end: this.#ending && isLast });
      if (isLast) this.#flushing = false;
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  #mayGo(): boolean {
    return !this.#over && this.#watch.unacknowledged < MAX_UNACKNOWLEDGED && this.#chunks.weight <= AHEAD_MS;
  }

  #send(piece: string, { flush = false, end = false }): void {
    this.#text.append(piece);
    const inputs = [
      textTensor('TEXT', [piece], [1, 1]),
      ...(this.#watch.started ? [] : this.#options.startInputs),
      ...(flush ? [flagTensor('FLUSH', true)] : []),
    ];
    void this.#watch.send(inputs, { end }).then(() => this.#pump());
  }

  async *#read(): AsyncGenerator<SynthesisChunk, void, void> {
    for await (const chunk of this.#chunks) {
      this.#pump();
      yield chunk;
    }
  }

  async #receive(): Promise<void> {
    const { sequence, metrics, onSign } = this.#options;
    let nextSample = 0;
    try {
      for await (const outputs of sequence.outputs) {
        this.#watch.heard();
        onSign();
        const chunk = readSynthesisChunk(outputs, this.#text);
        if (chunk === undefined || chunk.pcm.length === 0) continue;
        metrics.event('chunk');
        if (chunk.startSample !== nextSample)
          throw new RangeError(`sound begins at ${chunk.startSample}, not ${nextSample}`);
        nextSample += chunk.pcm.length;
        if (this.#chunks.push(chunk) > 0) throw new RangeError('the model goes on without an end');
      }
      this.#chunks.close();
    } catch (cause) {
      const failure = TritoneError.from(cause, 'inference.failed', { reason: 'a chunk of sound does not fit' });
      sequence.cancel(failure);
      this.#chunks.fail(failure);
    }
    this.#over = true;
    this.#watch.stop();
    this.#pump();
    await sequence.closed;
  }
}

function durationMs({ pcm, sampleRate }: SynthesisChunk): number {
  return (pcm.length * 1000) / sampleRate;
}

/** At most `length` units that end between two code points. */
function wholeCharacters(text: string, length: number): number {
  return /[\ud800-\udbff]$/.test(text.slice(0, length)) ? length - 1 : length;
}
