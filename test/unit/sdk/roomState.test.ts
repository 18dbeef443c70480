import { describe, expect, it } from 'vitest';
import { emptyRoomState, foldRoomState, recentCaptions, transcript } from '../../../client/sdk/roomState.ts';
import type { LogEvent } from '../../../shared/roomLog.ts';
import { caption, entry, joined, published } from './entries.ts';

function fold(...events: LogEvent[]) {
  return foldRoomState(
    emptyRoomState,
    events.map((event, index) => entry(index + 1, event)),
  );
}

describe('foldRoomState', () => {
  it('knows who is in the call, in the order of arrival', () => {
    const state = fold(joined('ann', 'Ann'), joined('bob', 'Bob'));
    expect([...state.participants.values()].map(({ name, order, present }) => [name, order, present])).toEqual([
      ['Ann', 0, true],
      ['Bob', 1, true],
    ]);
  });

  it('keeps the name of who has left, and none of their tracks', () => {
    const state = fold(joined('ann', 'Ann'), published('mic', 'ann'), {
      type: 'participant-left',
      participantId: 'ann',
    });
    expect(state.participants.get('ann')).toMatchObject({ name: 'Ann', present: false });
    expect(state.tracks.size).toBe(0);
  });

  it('keeps the place of a participant who comes back', () => {
    const state = fold(
      joined('ann'),
      joined('bob'),
      { type: 'participant-left', participantId: 'ann' },
      joined('ann', 'Anna'),
    );
    expect(state.participants.get('ann')).toMatchObject({ name: 'Anna', present: true, order: 0 });
  });

  it('follows names, languages and mutes', () => {
    const state = fold(
      joined('ann'),
      published('mic', 'ann'),
      { type: 'participant-updated', participantId: 'ann', name: 'Anna', language: 'hi' },
      { type: 'track-updated', trackId: 'mic', paused: true },
    );
    expect(state.participants.get('ann')).toMatchObject({ name: 'Anna', language: 'hi' });
    expect(state.tracks.get('mic')?.paused).toBe(true);
  });

  it('shows the latest revision of a caption, until its final', () => {
    const state = fold(
      caption({ id: 'c', revision: 0, text: 'he' }),
      caption({ id: 'c', revision: 3, text: 'hello the' }),
      caption({ id: 'c', revision: 2, text: 'late' }),
      caption({ id: 'c', revision: 4, text: 'Hello there.', final: true }),
      caption({ id: 'c', revision: 5, text: 'after the final' }),
    );
    expect(state.captions.get('c')?.text).toBe('Hello there.');
  });

  it('takes a caption back when its final is empty', () => {
    const state = fold(caption({ id: 'c', revision: 0 }), caption({ id: 'c', revision: 1, text: '', final: true }));
    expect(state.captions.size).toBe(0);
  });

  it('marks who waits for a slot until it is free', () => {
    const waiting = { type: 'captions-waiting', participantId: 'ann', waiting: true } as const;
    expect(fold(joined('ann'), waiting).participants.get('ann')?.captionsWaiting).toBe(true);
    const free = fold(joined('ann'), waiting, { ...waiting, waiting: false });
    expect(free.participants.get('ann')?.captionsWaiting).toBe(false);
  });

  it('keeps the gaps, as speech that nobody wrote down', () => {
    const gap = { participantId: 'ann', source: 'microphone', startMs: 10, endMs: 20, reason: 'outage' } as const;
    expect(fold({ type: 'caption-gap', ...gap }).gaps).toEqual([gap]);
  });

  it('reads no entry twice', () => {
    const once = fold(joined('ann'), { type: 'participant-left', participantId: 'ann' });
    expect(foldRoomState(once, [entry(1, joined('ann'))])).toBe(once);
  });

  it('leaves the former state as it was', () => {
    const before = fold(joined('ann'), caption({ id: 'c' }));
    const after = foldRoomState(before, [entry(3, caption({ id: 'c', revision: 1, text: 'hello there' }))]);
    expect(before.captions.get('c')?.text).toBe('hello');
    expect(after.participants).toBe(before.participants);
  });

  it('passes over what a newer server logs', () => {
    const unknown = { type: 'hologram' } as unknown as LogEvent;
    expect(fold(unknown, joined('ann')).participants.size).toBe(1);
  });
});

describe('transcript', () => {
  it('is read by the time at which speech began', () => {
    const state = fold(caption({ id: 'late', startMs: 900 }), caption({ id: 'early', startMs: 100 }));
    expect(transcript(state).map(({ id }) => id)).toEqual(['early', 'late']);
  });

  it('leaves out what has no text yet', () => {
    expect(transcript(fold(caption({ id: 'c', text: ' ' })))).toEqual([]);
  });
});

describe('recentCaptions', () => {
  const texts = (state: ReturnType<typeof fold>, participantId = 'ann') =>
    recentCaptions(state, participantId, 'microphone').map(({ text }) => text);

  it('are the last few of one person and source, oldest first', () => {
    const said = Array.from({ length: 9 }, (_, n) => caption({ id: `c${n}`, text: `line ${n}`, final: true }));
    const state = fold(
      ...said,
      caption({ id: 'b', participantId: 'bob', text: 'hi' }),
      caption({ id: 's', source: 'screen' }),
    );
    expect(texts(state)).toEqual(['line 5', 'line 6', 'line 7', 'line 8']);
    expect(texts(state, 'bob')).toEqual(['hi']);
    expect(texts(state, 'eve')).toEqual([]);
  });

  it('follow revisions in their place, leave out what is retracted and do not bring back what is long past', () => {
    const said = Array.from({ length: 6 }, (_, n) => caption({ id: `c${n}`, text: `line ${n}` }));
    const state = fold(
      ...said,
      caption({ id: 'c4', revision: 1, text: 'line four' }),
      caption({ id: 'c0', revision: 1, text: 'line nought' }),
      caption({ id: 'c3', revision: 1, text: '', final: true }),
    );
    expect(texts(state)).toEqual(['line 2', 'line four', 'line 5']);
  });

  it('are the same array while others speak, so that nothing is drawn again', () => {
    const before = fold(caption({ id: 'a' }), caption({ id: 'b', participantId: 'bob' }));
    const after = foldRoomState(before, [entry(3, caption({ id: 'b', participantId: 'bob', revision: 1 }))]);
    expect(recentCaptions(after, 'ann', 'microphone')).toBe(recentCaptions(before, 'ann', 'microphone'));
    expect(recentCaptions(after, 'bob', 'microphone')).not.toBe(recentCaptions(before, 'bob', 'microphone'));
  });
});
