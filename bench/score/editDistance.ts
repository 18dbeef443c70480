/** Insertions, deletions and substitutions that turn one sequence into the other (Levenshtein). */
export function editDistance(from: readonly string[], to: readonly string[]): number {
  let row = Uint32Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, token] of from.entries()) {
    const next = new Uint32Array(row.length);
    next[0] = index + 1;
    for (const [column, other] of to.entries()) {
      const kept = at(row, column) + (token === other ? 0 : 1);
      next[column + 1] = Math.min(kept, at(row, column + 1) + 1, at(next, column) + 1);
    }
    row = next;
  }
  return at(row, to.length);
}

/** Length of the longest common subsequence: what of the one is still there, in order, in the other. */
export function keptCount(from: readonly string[], to: readonly string[]): number {
  let row = new Uint32Array(to.length + 1);
  for (const token of from) {
    const next = new Uint32Array(row.length);
    for (const [column, other] of to.entries()) {
      next[column + 1] = token === other ? at(row, column) + 1 : Math.max(at(row, column + 1), at(next, column));
    }
    row = next;
  }
  return at(row, to.length);
}

function at(row: Uint32Array, index: number): number {
  return row[index] ?? 0;
}
