import { TritoneError } from '../../shared/errors.ts';
import { BoundedQueue } from '../streams/boundedQueue.ts';
import type { Clock } from '../streams/clock.ts';
import { onAbort } from '../streams/onAbort.ts';
import { inferRequest } from './inferRequest.ts';
import { isFinal, type Outputs, readOutputs, type Tensor } from './tensors.ts';
import type { TritonClient } from './tritonClient.ts';
import { fromGrpc, fromModelMessage, isServiceError } from './tritonErrors.ts';
import type { ModelStreamInferResponse } from './tritonService.ts';

const MAX_UNREAD = 1024;

export interface ModelCallOptions {
  readonly client: TritonClient;
  readonly model: string;
  readonly inputs: readonly Tensor[];
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Makes it a sequence of one request: START and END together. */
  readonly asSequence?: boolean;
}

/**
 * One request to a decoupled model and all its responses, in order. Leaving the loop early cancels the request.
 * @throws TritoneError `inference.timeout`, `inference.unavailable` (both retryable), `inference.cancelled`,
 *   `inference.failed`, `inference.bad_input`
 */
export async function* callModel(options: ModelCallOptions): AsyncGenerator<Outputs, void, void> {
  const { client, model, inputs, clock, deadlineMs, signal, asSequence = false } = options;
  signal?.throwIfAborted();
  const responses = new BoundedQueue<Outputs>({ limit: MAX_UNREAD, whenFull: 'refuse' });
  const stream = client.openStream();
  const fail = (failure: TritoneError) => responses.fail(failure);
  const forget = [
    clock.after(deadlineMs, () => fail(new TritoneError('inference.timeout', { model, deadlineMs }))),
    onAbort(signal, () => fail(new TritoneError('inference.cancelled'))),
    onAbort(client.signal, () => fail(TritoneError.from(client.signal.reason, 'inference.unavailable'))),
  ];
  stream.on('data', ({ error_message: problem, infer_response: response }: ModelStreamInferResponse) => {
    if (problem !== '') return fail(fromModelMessage(model, problem));
    if (response === null) return;
    if (response.outputs.length > 0 && responses.push(readOutputs(response)) > 0) {
      fail(new TritoneError('internal', {}, { cause: new Error('the responses of a model are not read') }));
    }
    if (isFinal(response)) responses.close();
  });
  stream.on('error', (error) =>
    fail(
      isServiceError(error)
        ? fromGrpc(error, { model, deadlineMs })
        : TritoneError.from(error, 'inference.unavailable', { reason: 'the stream broke' }),
    ),
  );
  stream.on('end', () => fail(new TritoneError('inference.unavailable', { reason: 'it hung up' })));
  try {
    const sequence = asSequence ? { id: client.nextCorrelationId(), start: true, end: true } : undefined;
    stream.write(inferRequest({ model, id: '0', inputs, ...(sequence && { sequence }) }));
    yield* responses;
  } finally {
    for (const each of forget) each();
    stream.cancel();
  }
}
