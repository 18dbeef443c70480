import { describe, expect, it } from 'vitest';
import { noJournal } from '../../../server/rooms/callJournal.types.ts';
import { grantAll } from '../../../server/rooms/identity.ts';
import { RoomRegistry } from '../../../server/rooms/roomRegistry.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { noMetrics } from '../../../server/streams/metrics.ts';
import { MediaRouterDouble } from '../../fixtures/mediaRouterDouble.ts';
import { scriptedPictures } from '../../fixtures/scriptedPictures.ts';
import { settle, VirtualClock } from '../../fixtures/virtualClock.ts';

const identity = await grantAll(undefined);
const asha = { name: 'Asha', language: 'hi' };
const guide = { name: 'Guide', language: 'en' };

function stage() {
  const clock = new VirtualClock();
  const worker = { fails: false };
  const rooms = new RoomRegistry({
    openRouter: async () => {
      if (worker.fails) throw new Error('no worker');
      return new MediaRouterDouble().asMediaRouter();
    },
    features: [],
    maxParticipants: 10,
    openPictureEncoder: scriptedPictures().openPictureEncoder,
    journal: noJournal,
    clock,
    log: silentLog,
    metrics: noMetrics,
  });
  return { rooms, clock, worker };
}

describe('RoomRegistry', () => {
  it('gives everyone who asks at once the same call', async () => {
    const { rooms } = stage();
    const [one, other] = await Promise.all([rooms.open('ops'), rooms.open('ops')]);
    expect(one).toBe(other);
  });

  it('takes names that read the same for one room', async () => {
    const { rooms } = stage();
    const room = await rooms.open('caf\u00e9');
    expect(await rooms.open('Cafe\u0301')).toBe(room);
    expect(rooms.calls('CAFÉ').map(({ callId }) => callId)).toEqual([room.callId]);
  });

  it('ends a call 30 s after the last has left, and remembers its log', async () => {
    const { rooms, clock } = stage();
    const room = await rooms.open('ops');
    const participant = room.join(identity, asha);
    room.leave(participant.participantId);
    await clock.advance(29_000);
    expect(await rooms.open('ops')).toBe(room);
    await clock.advance(1_000);
    await settle();
    const [call] = rooms.calls('ops');
    expect(call?.callId).toBe(room.callId);
    expect(call?.endedAtMs).toBeDefined();
    expect(call?.entries().map(({ event }) => event.type)).toEqual(['participant-joined', 'participant-left']);
    expect(await rooms.open('ops')).not.toBe(room);
  });

  it('goes on when someone comes back in time', async () => {
    const { rooms, clock } = stage();
    const room = await rooms.open('ops');
    room.leave(room.join(identity, asha).participantId);
    await clock.advance(20_000);
    room.join(identity, asha);
    await clock.advance(60_000);
    expect(room.signal.aborted).toBe(false);
  });

  it('ends a call 60 s after the last person has left what the server makes alone', async () => {
    const { rooms, clock } = stage();
    const room = await rooms.open('ops');
    const asked = room.join(identity, asha);
    await room.addSynthetic(guide);
    await clock.advance(900_000);
    expect(room.signal.aborted).toBe(false);
    room.leave(asked.participantId);
    await clock.advance(50_000);
    await room.addSynthetic(guide);
    await clock.advance(9_999);
    expect(room.signal.aborted).toBe(false);
    await clock.advance(1);
    await settle();
    expect(room.signal.aborted).toBe(true);
    expect(rooms.running()).toEqual([]);
  });

  it('waits ten minutes for the first person in a call that was begun for a synthesized one', async () => {
    const { rooms, clock } = stage();
    const [visited, lonely] = await Promise.all([rooms.open('visited'), rooms.open('lonely')]);
    for (const room of [visited, lonely]) await room.addSynthetic(guide);
    await clock.advance(599_999);
    visited.join(identity, asha);
    expect(lonely.signal.aborted).toBe(false);
    await clock.advance(1);
    await settle();
    expect([visited.signal.aborted, lonely.signal.aborted]).toEqual([false, true]);
  });

  it('remembers the last twenty calls of a room and forgets the ones before', async () => {
    const { rooms, clock } = stage();
    const callIds: string[] = [];
    for (let call = 0; call < 22; call += 1) {
      callIds.push((await rooms.open('ops')).callId);
      await clock.advance(30_000);
      await settle();
    }
    expect(rooms.calls('ops').map(({ callId }) => callId)).toEqual(callIds.slice(2));
  });

  it('tries again after a call that could not begin', async () => {
    const { rooms, worker } = stage();
    worker.fails = true;
    await expect(rooms.open('ops')).rejects.toThrow('no worker');
    worker.fails = false;
    await expect(rooms.open('ops')).resolves.toBeDefined();
  });
});
