import { describe, expect, it } from 'vitest';
import { RoomClock } from '../../../server/rooms/roomClock.ts';
import { RoomLog } from '../../../server/rooms/roomLog.ts';
import type { LogEvent } from '../../../shared/roomLog.ts';
import { VirtualClock } from '../../fixtures/virtualClock.ts';

function caption(id: string, revision: number, final = false): LogEvent {
  return {
    type: 'caption',
    caption: {
      id,
      participantId: 'p',
      source: 'microphone',
      revision,
      startMs: 0,
      endMs: 1,
      language: 'en',
      text: `revision ${revision}`,
      stableChars: 0,
      final,
    },
  };
}

const joined: LogEvent = {
  type: 'participant-joined',
  participantId: 'p',
  name: 'Asha',
  language: 'hi',
  synthetic: false,
};

function openLog(maxEntries?: number): RoomLog {
  return new RoomLog(new RoomClock(new VirtualClock()), maxEntries === undefined ? {} : { maxEntries });
}

describe('RoomLog', () => {
  it('numbers entries from 1 and stamps them with the time of the call', async () => {
    const clock = new VirtualClock();
    await clock.advance(5_000);
    const log = new RoomLog(new RoomClock(clock));
    await clock.advance(250);
    expect(log.append(joined)).toEqual({ seq: 1, atMs: 250, event: joined });
    expect(log.append(caption('a', 0)).seq).toBe(2);
  });

  it('keeps only the latest revision of a caption, at the place of that revision', () => {
    const log = openLog();
    for (const event of [caption('a', 0), caption('b', 0), caption('a', 1)]) log.append(event);
    expect(log.read().map(({ seq, event }) => [seq, event])).toEqual([
      [2, caption('b', 0)],
      [3, caption('a', 1)],
    ]);
  });

  it('grows no more when someone changes their name or mutes without end', () => {
    const log = openLog();
    for (let round = 0; round < 300; round += 1) {
      log.append({ type: 'participant-updated', participantId: 'p', name: `name ${round}`, language: 'hi' });
      log.append({ type: 'track-updated', trackId: 't', paused: round % 2 === 0 });
      log.append({ type: 'captions-waiting', participantId: 'p', waiting: round % 2 === 0 });
    }
    expect(log.read().map(({ seq }) => seq)).toEqual([898, 899, 900]);
  });

  it('gives a reader who returns everything that came since, none of it twice', () => {
    const log = openLog();
    for (const event of [joined, caption('a', 0), caption('a', 1)]) log.append(event);
    const seen = log.lastSeq;
    log.append(caption('a', 2, true));
    log.append(caption('b', 0));
    expect(log.read(seen).map(({ seq }) => seq)).toEqual([4, 5]);
    expect(log.read(log.lastSeq)).toEqual([]);
  });

  it('forgets the oldest captions, never who is in the room, when memory would grow', () => {
    const log = openLog(3);
    log.append(joined);
    for (const id of ['a', 'b', 'c', 'd']) log.append(caption(id, 0, true));
    expect(log.read().map(({ event }) => event)).toEqual([joined, caption('c', 0, true), caption('d', 0, true)]);
    expect(log.forgotten).toBe(2);
  });
});
