/** The one source of time. Injected, so that a call can be replayed in virtual time. */
export interface Clock {
  /** Monotonic, ms with a fraction. */
  nowMs(): number;
  /** Ms since the epoch, for people and files; never subtract two of them. */
  wallMs(): number;
  /** Runs `task` once after `ms`; the answer cancels it. A pending task does not keep the process alive. */
  after(ms: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after: (ms, task) => {
    const timer = setTimeout(task, ms).unref();
    return () => clearTimeout(timer);
  },
};
