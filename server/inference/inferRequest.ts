import type { Clock } from '../streams/clock.ts';
import type { Tensor } from './tensors.ts';
import type { TritonClient } from './tritonClient.ts';
import type { InferParameter, ModelInferRequest, ModelStreamInferResponse } from './tritonService.ts';

const END_DEADLINE_MS = 2000;

export type InferParameters = Readonly<Record<string, InferParameter>>;

export interface InferRequestOptions {
  readonly model: string;
  readonly id: string;
  readonly inputs: readonly Tensor[];
  readonly sequence?: { readonly id: number; readonly start: boolean; readonly end: boolean };
  /** Beside Triton's own; a model that does not know them is not troubled. */
  readonly parameters?: InferParameters;
}

/** Asks for the empty final response always: without it a request that answers nothing is never seen to end. */
export function inferRequest(options: InferRequestOptions): ModelInferRequest {
  const { model, id, inputs, sequence } = options;
  const parameters: Record<string, InferParameter> = { ...options.parameters };
  parameters.triton_enable_empty_final_response = { bool_param: true };
  if (sequence !== undefined) {
    parameters.sequence_id = { int64_param: sequence.id };
    if (sequence.start) parameters.sequence_start = { bool_param: true };
    if (sequence.end) parameters.sequence_end = { bool_param: true };
  }
  return {
    model_name: model,
    id,
    parameters,
    inputs: inputs.map(({ name, datatype, shape }) => ({ name, datatype, shape })),
    raw_input_contents: inputs.map((input) => input.data),
  };
}

/** Frees the slot of a sequence whose own stream is gone. Never rejects; the model's idle time-out is what remains. */
export function endSequence(options: {
  client: TritonClient;
  model: string;
  clock: Clock;
  inputs: readonly Tensor[];
  correlationId: number;
}): Promise<void> {
  const { client, model, clock, inputs, correlationId } = options;
  if (client.signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const stream = client.openStream();
    const finish = () => {
      forgetDeadline();
      stream.cancel();
      resolve();
    };
    const forgetDeadline = clock.after(END_DEADLINE_MS, finish);
    stream.on('data', (_answer: ModelStreamInferResponse) => finish());
    stream.on('error', finish);
    stream.on('end', finish);
    stream.write(inferRequest({ model, id: 'end', inputs, sequence: { id: correlationId, start: false, end: true } }));
  });
}
