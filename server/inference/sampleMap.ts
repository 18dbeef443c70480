/**
 * From samples as the model counts them to samples as they were pushed: what was dropped on the way never reached the
 * model, yet took its time. In pieces, one for each drop.
 */
export class SampleMap {
  /** From `modelSample` on, `offset` samples were dropped before. */
  readonly #pieces: { modelSample: number; offset: number }[] = [{ modelSample: 0, offset: 0 }];

  /** `count` samples were lost where the model has been sent `modelSample` so far. */
  drop(modelSample: number, count: number): void {
    const last = this.#pieces[this.#pieces.length - 1];
    if (last === undefined || count === 0) return;
    if (last.modelSample === modelSample) last.offset += count;
    else this.#pieces.push({ modelSample, offset: last.offset + count });
  }

  /** Where a stretch starts: after a gap that lies there. */
  start(modelSample: number): number {
    return modelSample + (this.#pieces.findLast((piece) => piece.modelSample <= modelSample)?.offset ?? 0);
  }

  /** Where a stretch ends: before a gap that lies there. */
  end(modelSample: number): number {
    return modelSample + (this.#pieces.findLast((piece) => piece.modelSample < modelSample)?.offset ?? 0);
  }
}
