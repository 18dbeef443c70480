import { type Caption, type CaptionGap, type RoomState, transcript } from '../../../sdk/index.ts';

export type TranscriptRow =
  | {
      readonly type: 'caption';
      readonly key: string;
      readonly atMs: number;
      readonly caption: Caption;
      readonly headed: boolean;
    }
  | { readonly type: 'gap'; readonly key: string; readonly atMs: number; readonly gap: CaptionGap };

/** Rows that are drawn together: a revision of one row leaves the other blocks the same objects as before. */
export interface TranscriptBlock {
  readonly key: number;
  readonly rows: readonly TranscriptRow[];
}

/** After this long the same speaker's name and time are shown again. */
const SAME_BREATH_MS = 60_000;
const BLOCK_ROWS = 50;

/** The transcript in blocks; those of `former` in which nothing has changed are taken over. */
export function transcriptBlocks(state: RoomState, former: readonly TranscriptBlock[]): readonly TranscriptBlock[] {
  const rows = transcriptRows(state);
  const blocks: TranscriptBlock[] = [];
  for (let key = 0; key * BLOCK_ROWS < rows.length; key += 1) {
    const block = { key, rows: rows.slice(key * BLOCK_ROWS, (key + 1) * BLOCK_ROWS) };
    const known = former[key];
    blocks.push(known !== undefined && sameRows(known.rows, block.rows) ? known : block);
  }
  return blocks;
}

/** Captions and gaps by the time at which they began; a name stands above the first line of each turn. */
function transcriptRows(state: RoomState): TranscriptRow[] {
  let turn: Caption | undefined;
  const rowOf = (spoken: Caption | CaptionGap): TranscriptRow => {
    const atMs = spoken.startMs;
    if (!('text' in spoken)) return { type: 'gap', key: `gap ${spoken.participantId} ${atMs}`, atMs, gap: spoken };
    const same =
      turn?.participantId === spoken.participantId &&
      turn.source === spoken.source &&
      atMs - turn.startMs < SAME_BREATH_MS;
    if (!same) turn = spoken;
    return { type: 'caption', key: spoken.id, atMs, caption: spoken, headed: !same };
  };
  const captions: readonly (Caption | CaptionGap)[] = transcript(state);
  if (state.gaps.length === 0) return captions.map(rowOf);
  return [...captions, ...state.gaps].sort((a, b) => a.startMs - b.startMs).map(rowOf);
}

function sameRows(a: readonly TranscriptRow[], b: readonly TranscriptRow[]): boolean {
  return a.length === b.length && a.every((row, index) => sameRow(row, b[index]));
}

function sameRow(a: TranscriptRow, b: TranscriptRow | undefined): boolean {
  if (a.type === 'gap') return b?.type === 'gap' && a.gap === b.gap;
  return b?.type === 'caption' && a.caption === b.caption && a.headed === b.headed;
}
