import { describe, expect, it } from 'vitest';
import { noJournal } from '../../../server/rooms/callJournal.types.ts';
import { grantAll } from '../../../server/rooms/identity.ts';
import { Room } from '../../../server/rooms/room.ts';
import type { Feature } from '../../../server/rooms/roomHandle.ts';
import type { PublishRequest } from '../../../server/sfu/mediaRouter.types.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { noMetrics } from '../../../server/streams/metrics.ts';
import { MediaRouterDouble } from '../../fixtures/mediaRouterDouble.ts';
import { VirtualClock } from '../../fixtures/virtualClock.ts';

const identity = await grantAll(undefined);
const asha = { name: 'Asha', language: 'hi' };
const microphone: PublishRequest = {
  transportId: 't',
  kind: 'audio',
  source: 'microphone',
  rtpParameters: {},
  paused: false,
};

async function stage(options: { features?: Feature[]; maxParticipants?: number } = {}) {
  const clock = new VirtualClock();
  const routers: MediaRouterDouble[] = [];
  const failures = { left: 0 };
  const room = await Room.open({
    name: 'ops',
    openRouter: async () => {
      if (failures.left > 0) {
        failures.left -= 1;
        throw new Error('no worker');
      }
      const router = new MediaRouterDouble();
      routers.push(router);
      return router.asMediaRouter();
    },
    features: options.features ?? [],
    maxParticipants: options.maxParticipants ?? 10,
    journal: noJournal,
    clock,
    log: silentLog,
    metrics: noMetrics,
  });
  return { room, clock, routers, failures, logged: () => room.log.read().map(({ event }) => event.type) };
}

describe('Room', () => {
  it('logs who comes, what they publish, and that both are gone when they leave', async () => {
    const { room, logged, routers } = await stage();
    const participant = room.join(identity, asha);
    await room.publish(participant, microphone);
    room.leave(participant.participantId);
    expect(logged()).toEqual(['participant-joined', 'track-published', 'track-closed', 'participant-left']);
    expect(room.tracks()).toEqual([]);
    expect(routers[0]?.openPeers).toBe(0);
  });

  it('takes no more people than it may', async () => {
    const { room } = await stage({ maxParticipants: 1 });
    room.join(identity, asha);
    expect(() => room.join(identity, asha)).toThrow(expect.objectContaining({ code: 'room.full' }));
  });

  it("keeps everyone's hands off other people's tracks", async () => {
    const { room } = await stage();
    const [one, other] = [room.join(identity, asha), room.join(identity, { name: 'Ben', language: 'en' })];
    const trackId = await room.publish(one, microphone);
    expect(() => room.closeTrack(other, trackId)).toThrow(expect.objectContaining({ code: 'track.not_found' }));
    await expect(room.setTrackPaused(other, trackId, true)).rejects.toMatchObject({ code: 'track.not_found' });
    expect(room.tracks()).toHaveLength(1);
  });

  it('logs a mute once, however often it is asked for', async () => {
    const { room, logged } = await stage();
    const participant = room.join(identity, asha);
    const trackId = await room.publish(participant, microphone);
    await room.setTrackPaused(participant, trackId, true);
    await room.setTrackPaused(participant, trackId, true);
    expect(logged().filter((type) => type === 'track-updated')).toHaveLength(1);
  });

  it('holds a dropped participant, tracks and all, for 15 s and lets it return as itself', async () => {
    const { room, clock } = await stage();
    const participant = room.join(identity, asha);
    await room.publish(participant, microphone);
    room.hold(participant.participantId);
    await clock.advance(14_000);
    expect(room.resume(participant.resumeToken)).toBe(participant);
    await clock.advance(60_000);
    expect(room.tracks()).toHaveLength(1);
  });

  it('lets a dropped participant go who does not return', async () => {
    const { room, clock, logged } = await stage();
    const participant = room.join(identity, asha);
    room.hold(participant.participantId);
    await clock.advance(15_000);
    expect(logged()).toEqual(['participant-joined', 'participant-left']);
    expect(room.resume(participant.resumeToken)).toBeUndefined();
  });

  it('ends the former page when another takes its participant over', async () => {
    const { room } = await stage();
    const participant = room.join(identity, asha);
    const ended: string[] = [];
    participant.events.on('ended', ({ code }) => ended.push(code));
    expect(room.resume(participant.resumeToken)).toBe(participant);
    expect(ended).toEqual(['room.taken_over']);
  });

  it('survives the death of its worker: tracks close, people stay, media begins anew on another router', async () => {
    const { room, clock, routers, failures, logged } = await stage();
    const participant = room.join(identity, asha);
    await room.publish(participant, microphone);
    const resets: string[] = [];
    participant.events.on('mediaReset', (reason) => resets.push(reason));
    failures.left = 2;
    routers[0]?.events.emit('died');
    expect(logged()).toEqual(['participant-joined', 'track-published', 'track-closed']);
    expect(() => room.join(identity, asha)).toThrow(expect.objectContaining({ code: 'media.worker_died' }));
    expect(resets).toEqual([]);
    await clock.advance(1_000);
    expect(resets).toHaveLength(1);
    await room.publish(participant, microphone);
    expect(routers[1]?.openPeers).toBe(1);
  });

  it('lets features finish their last words before the call is over', async () => {
    const order: string[] = [];
    const feature: Feature = {
      name: 'slow',
      attach: (room) => ({
        async [Symbol.asyncDispose]() {
          order.push(room.signal.aborted ? 'too late' : 'finishing');
          await Promise.resolve();
          order.push('finished');
        },
      }),
    };
    const { room } = await stage({ features: [feature] });
    room.signal.addEventListener('abort', () => order.push('aborted'));
    await Promise.all([room.close(), room.close()]);
    expect(order).toEqual(['finishing', 'finished', 'aborted']);
  });

  it('does not wait for ever for a feature that hangs', async () => {
    const hangs: Feature = {
      name: 'hangs',
      attach: () => ({ [Symbol.asyncDispose]: () => new Promise<never>(() => {}) }),
    };
    const { room, clock } = await stage({ features: [hangs] });
    const closed = room.close();
    await clock.advance(3_000);
    await closed;
    expect(room.signal.aborted).toBe(true);
  });
});
