import { randomInt } from 'node:crypto';
import { type ChannelOptions, credentials, Metadata } from '@grpc/grpc-js';
import { TritoneError } from '../../shared/errors.ts';
import { fromGrpc } from './tritonErrors.ts';
import {
  GRPCInferenceService,
  type InferStream,
  type ModelConfig,
  type ModelIndex,
  type TritonService,
  type Unary,
} from './tritonService.ts';

/** Streams share few connections: more of them only cost memory, one alone serialises writes behind a large message. */
const CHANNELS = 4;
const UNARY_DEADLINE_MS = 2000;
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
/** Below 2^48, so that ids of several servers on one Triton hardly ever meet and all stay exact numbers. */
const CORRELATION_ID_LIMIT = 2 ** 48 - 1;

const channelOptions: ChannelOptions = {
  'grpc.use_local_subchannel_pool': 1,
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
  'grpc.enable_retries': 0,
};

/** `host:port`, `grpc://host:port` or, with TLS, `grpcs://host:port`. */
export function parseTritonUrl(url: string): { address: string; secure: boolean } {
  const match = /^(?:(grpcs?|https?):\/\/)?([^/]+)\/?$/.exec(url.trim());
  const scheme = match?.[1] ?? 'grpc';
  return { address: match?.[2] ?? url, secure: scheme === 'grpcs' || scheme === 'https' };
}

/**
 * One Triton server over gRPC. Knows no capability and no model by name.
 * Closing it fails everything that is open on it with the cause given.
 */
export class TritonClient {
  readonly url: string;
  readonly #channels: readonly [TritonService, ...TritonService[]];
  readonly #closed = new AbortController();
  #nextChannel = 0;
  #nextCorrelationId = randomInt(1, CORRELATION_ID_LIMIT);

  constructor(url: string) {
    this.url = url;
    const { address, secure } = parseTritonUrl(url);
    const open = () =>
      new GRPCInferenceService(
        address,
        secure ? credentials.createSsl() : credentials.createInsecure(),
        channelOptions,
      );
    this.#channels = [open(), ...Array.from({ length: CHANNELS - 1 }, open)];
  }

  /** Aborts when the client closes; its reason is a TritoneError. */
  get signal(): AbortSignal {
    return this.#closed.signal;
  }

  /** A fresh number for a sequence, never zero: text ids and reused ones are traps of Triton. */
  nextCorrelationId(): number {
    this.#nextCorrelationId = (this.#nextCorrelationId % CORRELATION_ID_LIMIT) + 1;
    return this.#nextCorrelationId;
  }

  /** A bare ModelStreamInfer. Its owner listens for `data`, `error` and `end`. */
  openStream(): InferStream {
    this.#closed.signal.throwIfAborted();
    this.#nextChannel = (this.#nextChannel + 1) % this.#channels.length;
    return (this.#channels[this.#nextChannel] ?? this.#channels[0]).ModelStreamInfer();
  }

  /** `ready` would be false while any model of the server fails, be it somebody else's. */
  async serverLive(): Promise<boolean> {
    return (await this.#ask((service) => service.ServerLive, {})).live;
  }

  serverMetadata(): Promise<{ name: string; version: string }> {
    return this.#ask((service) => service.ServerMetadata, {});
  }

  async repositoryIndex(): Promise<ModelIndex[]> {
    return (await this.#ask((service) => service.RepositoryIndex, {})).models;
  }

  async modelConfig(name: string): Promise<ModelConfig> {
    const { config } = await this.#ask((service) => service.ModelConfig, { name });
    if (config === null) throw new TritoneError('inference.failed', { reason: `${name} has no configuration` });
    return config;
  }

  /** Needs a server that was started with explicit model control. @throws TritoneError with the model's own reason */
  async loadModel(name: string, deadlineMs: number): Promise<void> {
    await this.#ask((service) => service.RepositoryModelLoad, { model_name: name }, deadlineMs);
  }

  close(cause: TritoneError = new TritoneError('inference.cancelled')): void {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort(cause);
    for (const channel of this.#channels) channel.close();
  }

  #ask<Request, Response>(
    pick: (service: TritonService) => Unary<Request, Response>,
    request: Request,
    deadlineMs = UNARY_DEADLINE_MS,
  ): Promise<Response> {
    return new Promise<Response>((resolve, reject) => {
      this.#closed.signal.throwIfAborted();
      const [service] = this.#channels;
      pick(service).call(service, request, new Metadata(), { deadline: Date.now() + deadlineMs }, (error, value) => {
        if (error !== null) reject(fromGrpc(error, { deadlineMs }));
        else if (value === undefined) reject(new TritoneError('inference.failed', { reason: 'an empty answer' }));
        else resolve(value);
      });
    });
  }
}
