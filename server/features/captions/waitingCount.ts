/** Tells of participants, who may speak through several tracks, when the first of them begins to wait and when the last is served. */
export class WaitingCount {
  readonly #tracks = new Map<string, number>();
  readonly #tell: (participantId: string, waiting: boolean) => void;

  constructor(tell: (participantId: string, waiting: boolean) => void) {
    this.#tell = tell;
  }

  /** One track of theirs begins to wait, or no longer does. */
  change(participantId: string, waiting: boolean): void {
    const before = this.#tracks.get(participantId) ?? 0;
    const count = before + (waiting ? 1 : -1);
    if (count > 0) this.#tracks.set(participantId, count);
    else this.#tracks.delete(participantId);
    if ((before === 0) !== (count === 0)) this.#tell(participantId, waiting);
  }
}
