/** A Triton that runs, ours or another's. */
export interface TritonLife {
  /** `host:port`, `grpc://…` or `grpcs://…`. */
  readonly url: string;
  /** We started it: its models are ours to load, and it is ours to end where it is sick. */
  readonly ours: boolean;
  /** What its models were started with: `TRITONE_<MODEL>_<PARAMETER>` wins over their config.pbtxt. */
  readonly environment: Readonly<Record<string, string>>;
  readonly readyDeadlineMs: number;
  /** Resolves with a sentence when it, or a process of one of its models, is gone. Never rejects. */
  readonly died: Promise<string>;
  /** New models run now: their processes are watched from here on. */
  watchModels(): Promise<void>;
  /** Whether weights have come since it was last asked: models that lacked them may load now. Never rejects. */
  hasNewWeights(): Promise<boolean>;
  /** Ends it; `kindly` lets it finish first. Never rejects; twice is once. */
  stop(kindly: boolean): Promise<void>;
}

/** Where a Triton comes from. */
export interface TritonHost {
  /** @throws TritonAway */
  start(signal: AbortSignal): Promise<TritonLife>;
}

/** There is no Triton; the message is a sentence for people and holds nothing of the machine. */
export class TritonAway extends Error {
  override readonly name = 'TritonAway';
}

export interface InferenceStatus {
  readonly state: 'starting' | 'ready' | 'away';
  /** Why it is not ready, in a sentence for people. */
  readonly reason?: string;
}
