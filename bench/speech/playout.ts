/** A piece of sound and when it was there, ms on any clock. */
export interface Arrival {
  readonly atMs: number;
  readonly durationMs: number;
}

export interface Playout {
  /** How often the sound had run out before the next came. */
  readonly gaps: number;
  readonly gapMs: number;
}

/** What a listener gets who plays from the first piece on, at once: a piece that comes too late is a gap, and all behind it plays later. */
export function playoutOf(arrivals: readonly Arrival[]): Playout {
  let [gaps, gapMs] = [0, 0];
  let endMs = arrivals[0]?.atMs ?? 0;
  for (const { atMs, durationMs } of arrivals) {
    const lateMs = Math.max(0, atMs - endMs);
    if (lateMs > 0) gaps += 1;
    gapMs += lateMs;
    endMs += lateMs + durationMs;
  }
  return { gaps, gapMs };
}
