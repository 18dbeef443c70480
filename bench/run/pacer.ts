import { setTimeout as sleep } from 'node:timers/promises';

const TICK_MS = 4;

/** Something that speaks in real time. */
export interface Source {
  /** Sends all that was spoken until `nowMs` (performance.now). */
  sendDue(nowMs: number): void;
}

/** Lets every source send what is due, until `untilMs`. */
export async function pace(sources: readonly Source[], untilMs: number): Promise<void> {
  while (performance.now() < untilMs) {
    for (const source of sources) source.sendDue(performance.now());
    await sleep(TICK_MS);
  }
}
