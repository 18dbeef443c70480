import { TritoneError } from '../../shared/errors.ts';

/** The part of a model's slots that files and other patient work must leave to people who talk now. */
const LIVE_SHARE = 0.25;

export type Priority = 'live' | 'batch';

/** A slot of a model. Giving it back twice is once. */
export interface Permit {
  release(): void;
}

export interface Slots {
  readonly name: string;
  /** Below the sequences that Triton itself holds: past those it keeps callers waiting without a word. */
  readonly maxSessions: number;
}

/** How many sequences each model may serve at once. Full means refused: who waits would speak into nothing. */
export class Admission {
  readonly #taken = new Map<string, number>();

  taken(model: string): number {
    return this.#taken.get(model) ?? 0;
  }

  /** @throws TritoneError `inference.busy` */
  acquire(model: Slots, priority: Priority = 'live'): Permit {
    const reserved = priority === 'live' ? 0 : Math.ceil(model.maxSessions * LIVE_SHARE);
    const limit = Math.max(1, model.maxSessions - reserved);
    if (this.taken(model.name) >= limit) throw new TritoneError('inference.busy', { model: model.name });
    this.#taken.set(model.name, this.taken(model.name) + 1);
    let held = true;
    return {
      release: () => {
        if (!held) return;
        held = false;
        this.#taken.set(model.name, this.taken(model.name) - 1);
      },
    };
  }
}
