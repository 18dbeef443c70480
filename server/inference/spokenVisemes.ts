import type { SampleMap } from './sampleMap.ts';
import type { Viseme } from './visemes.ts';

/** A minute of quick speech. */
const MAX_WAITING = 1500;

/** `[name, start, end]`, in samples as the model counts them. */
export type WireViseme = readonly [string, number, number];

/** Mouth shapes on their way to a model, told in samples as they were pushed, sent with the sound that they belong to. */
export class SpokenVisemes {
  #waiting: Viseme[] = [];

  push(visemes: readonly Viseme[]): void {
    this.#waiting.push(...visemes);
    this.#waiting.splice(0, this.#waiting.length - MAX_WAITING);
  }

  /** Those of the sound from `start` to `end`, as the model counts; what was dropped before it is forgotten. */
  take(start: number, end: number, map: SampleMap): WireViseme[] {
    const dropped = map.start(start) - start;
    const isDue = ({ startSample }: Viseme) => startSample - dropped < end;
    const due = this.#waiting.filter(isDue);
    this.#waiting = this.#waiting.filter((viseme) => !isDue(viseme));
    return due
      .map(
        ({ viseme, startSample, endSample }): WireViseme => [
          viseme,
          Math.max(start, startSample - dropped),
          endSample - dropped,
        ],
      )
      .filter(([, from, to]) => to > from);
  }
}
