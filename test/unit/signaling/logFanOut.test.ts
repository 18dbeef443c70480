import { describe, expect, it } from 'vitest';
import { LogFanOut } from '../../../server/signaling/logFanOut.ts';
import type { LogEntry } from '../../../shared/roomLog.ts';

function captionEntry(seq: number, id: string): LogEntry {
  const caption = { id, participantId: 'p', source: 'microphone' as const, revision: seq, startMs: 0, endMs: 1 };
  const text = { language: 'en', text: 'words', stableChars: 0, final: false };
  return { seq, atMs: 0, event: { type: 'caption', caption: { ...caption, ...text } } };
}

function left(seq: number): LogEntry {
  return { seq, atMs: 0, event: { type: 'participant-left', participantId: `p${seq}` } };
}

function stage() {
  const page = { writable: true, sent: [] as number[][], gaveUp: 0 };
  const fanOut = new LogFanOut({
    get writable() {
      return page.writable;
    },
    send: (entries) => page.sent.push(entries.map(({ seq }) => seq)),
    giveUp: () => {
      page.gaveUp += 1;
    },
  });
  return { page, fanOut };
}

describe('LogFanOut', () => {
  it('sends each entry at once to a page that keeps up', () => {
    const { page, fanOut } = stage();
    for (const seq of [1, 2]) fanOut.push(captionEntry(seq, 'a'));
    expect(page.sent).toEqual([[1], [2]]);
  });

  it('spares a slow page all but the latest revision of each caption, and nothing else', () => {
    const { page, fanOut } = stage();
    page.writable = false;
    for (const entry of [captionEntry(1, 'a'), left(2), captionEntry(3, 'b'), captionEntry(4, 'a'), left(5)])
      fanOut.push(entry);
    expect(page.sent).toEqual([]);
    page.writable = true;
    fanOut.flush();
    expect(page.sent).toEqual([[2, 3, 4, 5]]);
    expect(fanOut.coalesced).toBe(1);
  });

  it('lets a page go that takes nothing at all', () => {
    const { page, fanOut } = stage();
    page.writable = false;
    for (let seq = 1; seq <= 5_001; seq += 1) fanOut.push(left(seq));
    expect(page.gaveUp).toBe(1);
  });
});
