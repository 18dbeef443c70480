import { type ErrorFields, TritoneError } from '../../shared/errors.ts';
import { BoundedQueue } from '../streams/boundedQueue.ts';
import type { Clock } from '../streams/clock.ts';
import { onAbort } from '../streams/onAbort.ts';
import { endSequence, type InferParameters, inferRequest } from './inferRequest.ts';
import { isFinal, type Outputs, readOutputs, type Tensor } from './tensors.ts';
import type { TritonClient } from './tritonClient.ts';
import { fromGrpc, fromModelMessage, isServiceError } from './tritonErrors.ts';
import type { InferStream, ModelStreamInferResponse } from './tritonService.ts';

/** Responses that wait for their reader; one that falls so far behind is broken, and the call fails. */
const MAX_UNREAD = 1024;
const START_ID = '0';
const HANG_UP_DEADLINE_MS = 1000;

export interface SendOptions {
  readonly end?: boolean;
  readonly parameters?: InferParameters;
}

/** One sequence as ModelStream sees it; SequenceCall is the real one. */
export interface Sequence {
  /** What the start request's sender answers, in order. For one reader. Throws a TritoneError where the call failed. */
  readonly outputs: AsyncIterable<Outputs>;
  /** Settles when the call is over, however. Never rejects. */
  readonly closed: Promise<void>;
  /** Resolves when the model has acknowledged the request; the first, whose sender stays open, as soon as it is written. */
  send(inputs: readonly Tensor[], options?: SendOptions): Promise<void>;
  /** Ends the call now; the reader of `outputs` gets `cause`, where one is given. Twice is once. */
  cancel(cause?: TritoneError): void;
}

export interface SequenceCallOptions {
  readonly client: TritonClient;
  readonly model: string;
  readonly clock: Clock;
  /** What an END request carries when it comes without data: Triton wants every required input, though empty. */
  readonly emptyInputs: readonly Tensor[];
  /** What is known here of the fields of a failure that the model tells. */
  readonly failureFields?: ErrorFields | undefined;
  /** Hears of a failure before the reader does. */
  readonly onFailure?: (failure: TritoneError) => void;
}

/**
 * One Triton sequence on a gRPC stream of its own. The first request carries START and its sender stays open as the
 * channel of events; each later one is acknowledged by an empty final response. The call is over when the start
 * request's final response has come, or with the first failure; a sequence left open is then ended in Triton too.
 * @see Triton's sequence extension and its decoupled models; docs/inference.md
 */
export class SequenceCall implements Sequence {
  readonly outputs: AsyncIterable<Outputs>;
  readonly closed: Promise<void>;
  readonly #options: SequenceCallOptions;
  readonly #stream: InferStream;
  readonly #correlationId: number;
  readonly #outputs = new BoundedQueue<Outputs>({ limit: MAX_UNREAD, whenFull: 'refuse' });
  readonly #unacknowledged = new Map<string, () => void>();
  readonly #settle: () => void;
  readonly #forgetClient: () => void;
  #sent = 0;
  #ended = false;
  #over = false;

  constructor(options: SequenceCallOptions) {
    this.#options = options;
    this.#correlationId = options.client.nextCorrelationId();
    this.#stream = options.client.openStream();
    this.outputs = this.#outputs;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#settle = resolve;
    this.#stream.on('data', (message: ModelStreamInferResponse) => this.#handle(message));
    this.#stream.on('error', (error) => this.#finish(this.#explain(error)));
    this.#stream.on('end', () => this.#finish(new TritoneError('inference.unavailable', { reason: 'it hung up' })));
    const { signal } = options.client;
    this.#forgetClient = onAbort(signal, () => this.#finish(TritoneError.from(signal.reason, 'inference.unavailable')));
  }

  send(inputs: readonly Tensor[], options: SendOptions = {}): Promise<void> {
    if (this.#over || this.#ended) return Promise.resolve();
    const id = String(this.#sent);
    const start = this.#sent === 0;
    const { end = false, parameters = {} } = options;
    this.#sent += 1;
    this.#ended = end;
    const { model } = this.#options;
    const sequence = { id: this.#correlationId, start, end };
    const acknowledged = start ? Promise.resolve() : this.#acknowledgement(id);
    this.#stream.write(inferRequest({ model, id, inputs, sequence, parameters }));
    return acknowledged;
  }

  cancel(cause?: TritoneError): void {
    this.#finish(cause);
  }

  #acknowledgement(id: string): Promise<void> {
    return new Promise((resolve) => this.#unacknowledged.set(id, resolve));
  }

  #handle(message: ModelStreamInferResponse): void {
    if (this.#over) return;
    const { error_message: problem, infer_response: response } = message;
    if (problem !== '') {
      const { model, failureFields } = this.#options;
      this.#finish(fromModelMessage(model, problem, 'inference.failed', failureFields));
    } else if (response?.id === START_ID) {
      if (response.outputs.length > 0 && this.#outputs.push(readOutputs(response)) > 0) {
        this.#finish(new TritoneError('internal', {}, { cause: new Error('the events of a sequence are not read') }));
      } else if (isFinal(response)) {
        // A model that lets go of its channel before END has forgotten the sequence.
        this.#finish(this.#ended ? undefined : new TritoneError('inference.sequence_lost'));
      }
    } else if (response !== null && isFinal(response)) {
      this.#acknowledge(response.id);
    }
  }

  #acknowledge(id: string): void {
    const waiting = this.#unacknowledged.get(id);
    this.#unacknowledged.delete(id);
    waiting?.();
  }

  #explain(error: unknown): TritoneError {
    if (isServiceError(error)) return fromGrpc(error, { model: this.#options.model });
    return TritoneError.from(error, 'inference.unavailable', { reason: 'the stream broke' });
  }

  /** Every ending comes here once. */
  #finish(failure?: TritoneError): void {
    if (this.#over) return;
    this.#over = true;
    this.#forgetClient();
    for (const id of [...this.#unacknowledged.keys()]) this.#acknowledge(id);
    const { client, model, clock, emptyInputs, onFailure } = this.#options;
    if (failure === undefined) {
      this.#outputs.close();
    } else {
      this.#outputs.fail(failure);
      onFailure?.(failure);
    }
    // A cancelled stream does not end its sequence: without this its slot is held until the idle time-out.
    if (this.#sent > 0 && !this.#ended) {
      void endSequence({ client, model, clock, inputs: emptyInputs, correlationId: this.#correlationId });
    }
    if (failure === undefined && this.#ended) hangUp(this.#stream, clock);
    else this.#stream.cancel();
    this.#settle();
  }
}

/** Closes politely, and cancels where Triton does not hang up too. */
function hangUp(stream: InferStream, clock: Clock): void {
  const forgetDeadline = clock.after(HANG_UP_DEADLINE_MS, () => stream.cancel());
  stream.on('close', forgetDeadline);
  stream.end();
}
