import { z } from 'zod';
import type { Piece, Shown } from '../../score/recording.ts';

/** What WhisperLive sends after each decode: its last finished segments and the open one. Times are seconds of the stream. */
export const segmentsSchema = z.object({
  segments: z.array(
    z.object({ start: z.coerce.number(), end: z.coerce.number(), text: z.string(), completed: z.boolean() }),
  ),
});
type Segments = z.infer<typeof segmentsSchema>['segments'];

const OPEN = 'open';

/** Turns WhisperLive's repeated segments into what changed on a viewer's screen. */
export class SegmentBoard {
  readonly #startedAtMs: number;
  readonly #finished = new Set<string>();
  #open = '';

  /** `startedAtMs`: when the stream's first sample was spoken. */
  constructor(startedAtMs: number) {
    this.#startedAtMs = startedAtMs;
  }

  /** Undefined when nothing changed. */
  show(segments: Segments, atMs: number): Shown | undefined {
    const pieces: Piece[] = [];
    for (const segment of segments) {
      const id = `${segment.start} ${segment.text}`;
      if (!segment.completed || this.#finished.has(id)) continue;
      this.#finished.add(id);
      pieces.push(this.#piece(segment, id));
    }
    const open = segments.find(({ completed }) => !completed);
    const text = open?.text ?? '';
    if (text !== this.#open) pieces.push(this.#piece(open ?? { start: 0, end: 0, text, completed: false }, OPEN));
    this.#open = text;
    return pieces.length === 0 ? undefined : { atMs, pieces };
  }

  #piece({ start, end, text, completed }: Segments[number], id: string): Piece {
    const [startMs, endMs] = [this.#startedAtMs + 1000 * start, this.#startedAtMs + 1000 * end];
    return { id, startMs, endMs, text, final: completed };
  }
}
