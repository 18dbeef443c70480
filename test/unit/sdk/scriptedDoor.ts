import type { Door } from '../../../client/sdk/teller.ts';
import { type ErrorCode, TritoneError } from '../../../shared/errors.ts';

/** The server as media sees it: `refusals` are its first answers, after them it agrees with `value`. */
export class ScriptedDoor implements Door {
  connected = true;
  readonly asked: string[] = [];
  readonly #refusals: ErrorCode[];
  readonly #value: object;

  constructor(refusals: ErrorCode[] = [], value: object = {}) {
    this.#refusals = refusals;
    this.#value = value;
  }

  refuse(code: ErrorCode): void {
    this.#refusals.push(code);
  }

  async request(name: string): Promise<never> {
    this.asked.push(name);
    const code = this.#refusals.shift();
    if (code !== undefined) throw new TritoneError(code);
    return this.#value as never;
  }
}
