import type { TritonHost, TritonLife } from './triton.types.ts';

const READY_DEADLINE_MS = 3000;

/** Somebody else's Triton: it is neither started nor ended, only asked. */
export class RemoteTriton implements TritonHost {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async start(): Promise<TritonLife> {
    return {
      url: this.#url,
      ours: false,
      environment: {},
      readyDeadlineMs: READY_DEADLINE_MS,
      died: new Promise(() => {}),
      watchModels: async () => {},
      hasNewWeights: async () => false,
      stop: async () => {},
    };
  }
}
