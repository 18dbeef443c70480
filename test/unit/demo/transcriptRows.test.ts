import { describe, expect, it } from 'vitest';
import { type TranscriptBlock, transcriptBlocks } from '../../../client/demo/src/call/transcriptRows.ts';
import { emptyRoomState, foldRoomState, type RoomState } from '../../../client/sdk/roomState.ts';
import type { LogEvent } from '../../../shared/roomLog.ts';
import { caption, entry } from '../sdk/entries.ts';

const fold = (state: RoomState, ...events: LogEvent[]) =>
  foldRoomState(
    state,
    events.map((event, index) => entry(state.lastSeq + index + 1, event)),
  );

const line = (id: string, startMs: number, participantId = 'ann') =>
  caption({ id, startMs, endMs: startMs, participantId, text: id, final: true });

/** A name stands in capitals; a gap is a dash. */
const read = (blocks: readonly TranscriptBlock[]) =>
  blocks
    .flatMap(({ rows }) => rows)
    .map((row) => (row.type === 'gap' ? '-' : row.headed ? row.caption.text.toUpperCase() : row.caption.text));

describe('transcriptBlocks', () => {
  it('names who speaks at each turn, and again after a minute', () => {
    const state = fold(
      emptyRoomState,
      line('a', 0),
      line('b', 1_000),
      line('c', 2_000, 'bob'),
      line('d', 3_000),
      line('e', 64_000),
    );
    expect(read(transcriptBlocks(state, []))).toEqual(['A', 'b', 'C', 'D', 'E']);
  });

  it('puts gaps where the speech is missing', () => {
    const gap = { participantId: 'ann', source: 'microphone', startMs: 500, endMs: 900, reason: 'outage' } as const;
    const state = fold(emptyRoomState, line('a', 0), line('b', 1_000), { type: 'caption-gap', ...gap });
    expect(read(transcriptBlocks(state, []))).toEqual(['A', '-', 'b']);
  });

  it('takes over every block but the one with the revision', () => {
    const long = fold(emptyRoomState, ...Array.from({ length: 220 }, (_, n) => line(`line ${n}`, n)));
    const before = transcriptBlocks(long, []);
    const after = transcriptBlocks(
      fold(long, caption({ id: 'line 219', startMs: 219, revision: 1, final: true })),
      before,
    );
    expect(after).toHaveLength(before.length);
    expect(after.map((block, index) => block === before[index])).toEqual([true, true, true, true, false]);
  });

  it('draws a turn anew when an earlier line takes its head', () => {
    const before = fold(emptyRoomState, line('b', 1_000));
    const blocks = transcriptBlocks(before, []);
    expect(read(transcriptBlocks(fold(before, line('a', 500)), blocks))).toEqual(['A', 'b']);
  });
});
