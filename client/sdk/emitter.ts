/** Typed events for any number of listeners. A listener that throws is reported to the page and harms no other. */
export class Emitter<Events extends { [Name in keyof Events]: unknown[] }> {
  readonly #listeners: { [Name in keyof Events]?: Set<(...args: Events[Name]) => void> } = {};

  /** The answer stops listening. */
  on<Name extends keyof Events>(name: Name, listener: (...args: Events[Name]) => void): () => void {
    const listeners = this.#listeners[name] ?? new Set();
    this.#listeners[name] = listeners;
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  emit<Name extends keyof Events>(name: Name, ...args: Events[Name]): void {
    for (const listener of [...(this.#listeners[name] ?? [])]) {
      try {
        listener(...args);
      } catch (error) {
        reportToPage(error);
      }
    }
  }

  clear(): void {
    for (const name of Object.keys(this.#listeners) as (keyof Events)[]) delete this.#listeners[name];
  }
}

/** As an uncaught error would be. Typed by hand: tests of this file know no page. */
function reportToPage(error: unknown): void {
  (globalThis as { reportError?: (error: unknown) => void }).reportError?.(error);
}
