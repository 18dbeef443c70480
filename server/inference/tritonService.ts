import { fileURLToPath } from 'node:url';
import type { CallOptions, ClientDuplexStream, ClientUnaryCall, Metadata, ServiceError } from '@grpc/grpc-js';
import { type ChannelCredentials, type ChannelOptions, type Client, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/** Exactly one of the fields is set. */
export interface InferParameter {
  bool_param?: boolean;
  int64_param?: number;
  string_param?: string;
}

export interface TensorHeader {
  name: string;
  /** KServe v2 name: `INT16`, `BYTES`, `FP32`, … */
  datatype: string;
  shape: number[];
}

export interface ModelInferRequest {
  model_name: string;
  id: string;
  parameters: Record<string, InferParameter>;
  inputs: TensorHeader[];
  raw_input_contents: Buffer[];
}

export interface ModelInferResponse {
  model_name: string;
  id: string;
  parameters: Record<string, InferParameter>;
  outputs: TensorHeader[];
  raw_output_contents: Buffer[];
}

export interface ModelStreamInferResponse {
  /** Empty where nothing failed. */
  error_message: string;
  infer_response: ModelInferResponse | null;
}

export interface ModelIndex {
  name: string;
  version: string;
  /** Empty where the model was never loaded; else `READY`, `UNAVAILABLE`, `LOADING`, `UNLOADING`, `UNKNOWN`. */
  state: string;
  reason: string;
}

export interface ModelConfig {
  name: string;
  backend: string;
  max_batch_size: number;
  parameters: Record<string, { string_value: string }>;
  sequence_batching: {
    max_sequence_idle_microseconds: number;
    oldest: { max_candidate_sequences: number } | null;
  } | null;
  model_transaction_policy: { decoupled: boolean } | null;
}

export type InferStream = ClientDuplexStream<ModelInferRequest, ModelStreamInferResponse>;

export type Unary<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: CallOptions,
  callback: (error: ServiceError | null, value?: Response) => void,
) => ClientUnaryCall;

/** grpc-js's client for protos/grpc_service.proto. */
export interface TritonService extends Client {
  ServerLive: Unary<object, { live: boolean }>;
  ServerMetadata: Unary<object, { name: string; version: string; extensions: string[] }>;
  ModelConfig: Unary<{ name: string }, { config: ModelConfig | null }>;
  RepositoryIndex: Unary<object, { models: ModelIndex[] }>;
  RepositoryModelLoad: Unary<{ model_name: string }, object>;
  ModelStreamInfer(metadata?: Metadata, options?: CallOptions): InferStream;
}

interface TritonPackage {
  inference: {
    GRPCInferenceService: new (
      address: string,
      credentials: ChannelCredentials,
      options?: ChannelOptions,
    ) => TritonService;
  };
}

const definition = loadSync('grpc_service.proto', {
  includeDirs: [fileURLToPath(new URL('./protos', import.meta.url))],
  keepCase: true,
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: false,
});

// proto-loader builds the class at run time, so its type is told here, once; TritonService mirrors the proto.
export const { GRPCInferenceService } = (loadPackageDefinition(definition) as unknown as TritonPackage).inference;
