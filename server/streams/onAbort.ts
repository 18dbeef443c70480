/** Runs `task` once when `signal` aborts (at once if it has). The answer forgets it: children outlived by their owner call it. */
export function onAbort(signal: AbortSignal | undefined, task: () => void): () => void {
  if (signal === undefined) return () => {};
  if (signal.aborted) {
    task();
    return () => {};
  }
  signal.addEventListener('abort', task, { once: true });
  return () => signal.removeEventListener('abort', task);
}
