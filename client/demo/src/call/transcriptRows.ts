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

/** After this long the same speaker's name and time are shown again. */
const SAME_BREATH_MS = 60_000;

/** Captions and gaps by the time at which they began; a name stands above the first line of each turn. */
export function transcriptRows(state: RoomState): TranscriptRow[] {
  const rows: TranscriptRow[] = transcript(state).map((caption) => ({
    type: 'caption',
    key: caption.id,
    atMs: caption.startMs,
    caption,
    headed: true,
  }));
  for (const gap of state.gaps) {
    rows.push({ type: 'gap', key: `gap ${gap.participantId} ${gap.startMs}`, atMs: gap.startMs, gap });
  }
  rows.sort((a, b) => a.atMs - b.atMs);
  let turn: Caption | undefined;
  return rows.map((row) => {
    if (row.type === 'gap') return row;
    const { caption } = row;
    const same =
      turn?.participantId === caption.participantId &&
      turn.source === caption.source &&
      caption.startMs - turn.startMs < SAME_BREATH_MS;
    if (!same) turn = caption;
    return same ? { ...row, headed: false } : row;
  });
}
