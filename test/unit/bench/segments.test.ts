import { describe, expect, it } from 'vitest';
import { SegmentBoard, segmentsSchema } from '../../../bench/peers/whisperLive/segments.ts';

const segment = (start: string, end: string, text: string, completed = false) => ({ start, end, text, completed });

function board() {
  const screen = new SegmentBoard(10_000);
  return (atMs: number, ...segments: object[]) => screen.show(segmentsSchema.parse({ segments }).segments, atMs);
}

describe("WhisperLive's segments", () => {
  it('are placed on the clock of the bench', () => {
    const show = board();
    expect(show(12_000, segment('0.500', '1.500', ' Ask not'))).toEqual({
      atMs: 12_000,
      pieces: [{ id: 'open', startMs: 10_500, endMs: 11_500, text: ' Ask not', final: false }],
    });
  });

  it('change nothing while the same text is sent again', () => {
    const show = board();
    show(1, segment('0', '1', 'ask'));
    expect(show(2, segment('0', '1.2', 'ask'))).toBeUndefined();
  });

  it('turn final once, and take the open text with them', () => {
    const show = board();
    show(1, segment('0', '2', 'ask not what'));
    const done = segment('0', '1', 'ask not', true);
    const shown = show(2, done, segment('1', '2', 'what'));
    expect(shown?.pieces.map(({ text, final }) => [text, final])).toEqual([
      ['ask not', true],
      ['what', false],
    ]);
    expect(show(3, done)?.pieces).toMatchObject([{ id: 'open', text: '' }]);
    expect(show(4, done)).toBeUndefined();
  });
});
