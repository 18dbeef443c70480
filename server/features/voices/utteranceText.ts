import { TritoneError } from '../../../shared/errors.ts';

/** The text of one utterance as it is written: kept whole, for captions are cut from it. Policy when full: refuse. */
export class UtteranceText {
  readonly #limit: number;
  #text = '';
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get whole(): string {
    return this.#text;
  }

  /** @throws TritoneError `speech.text_too_long` */
  append(text: string): void {
    if (this.#ended) return;
    if (this.#text.length + text.length > this.#limit)
      throw new TritoneError('speech.text_too_long', { limit: this.#limit });
    this.#text += text;
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** What is written, as it is written, to the end. For one reader. */
  async *fragments(): AsyncGenerator<string, void, void> {
    let read = 0;
    while (true) {
      if (read < this.#text.length) {
        const fragment = this.#text.slice(read);
        read = this.#text.length;
        yield fragment;
      } else if (this.#ended) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
      }
    }
  }
}
