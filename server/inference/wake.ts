/** Lets one sleeper be woken; a call while nobody sleeps is remembered by the promise that was taken before. */
export class Wake {
  #wake: () => void = () => {};

  /** Take it before looking, await it after: what happens in between is not missed. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  now(): void {
    this.#wake();
  }
}
