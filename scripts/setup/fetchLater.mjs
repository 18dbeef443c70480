import { setPriority } from 'node:os';
import { isEnding } from './ending.mjs';
import { describeFailure } from './failure.mjs';
import { Progress } from './steps.mjs';

/** @typedef {{ what: string, megabytes: number, fetch: (progress: Progress) => Promise<unknown> }} Later */

const LOW_PRIORITY = 10;

/** Whole lines only: a server writes to the same terminal. */
const lines = { isTTY: false, write: (text) => process.stderr.write(text) };

/**
 * Fetches what the page does not wait for, one after another, while the server runs; the server finds it by itself. Gentle on
 * the processor: this process and its children give way. Never rejects: what does not come is told in one sentence.
 * @param {Later[]} later
 * @param {{ progress?: Progress, giveWay?: () => void }} [options]
 */
export async function fetchLater(later, { progress = new Progress({ out: lines }), giveWay = lower } = {}) {
  if (later.length === 0) return;
  giveWay();
  const megabytes = later.reduce((sum, part) => sum + part.megabytes, 0);
  progress.note(`· What is still missing comes while the server runs: about ${megabytes} MB.`);
  const missed = [];
  let why;
  for (const part of later) {
    if (isEnding()) return;
    try {
      await part.fetch(progress);
    } catch (error) {
      missed.push(part.what);
      why ??= describeFailure(error).split('\n')[0].replace(/^✗ /, '');
    }
  }
  if (missed.length > 0) progress.note(`· Not fetched, the next start tries again: ${missed.join('; ')}. ${why}`);
}

function lower() {
  try {
    setPriority(LOW_PRIORITY);
  } catch {
    // Not allowed here: it is fetched at the usual priority.
  }
}
