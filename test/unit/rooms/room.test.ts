import { describe, expect, it } from 'vitest';
import { noJournal } from '../../../server/rooms/callJournal.types.ts';
import { grantAll } from '../../../server/rooms/identity.ts';
import { Room } from '../../../server/rooms/room.ts';
import type { Feature } from '../../../server/rooms/roomHandle.ts';
import type { PublishRequest } from '../../../server/sfu/mediaRouter.types.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { noMetrics } from '../../../server/streams/metrics.ts';
import { MediaRouterDouble } from '../../fixtures/mediaRouterDouble.ts';
import { scriptedPictures, stillFace } from '../../fixtures/scriptedPictures.ts';
import { settle, VirtualClock } from '../../fixtures/virtualClock.ts';

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
  const { openPictureEncoder } = scriptedPictures();
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
    openPictureEncoder,
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

  it('lets a final be corrected by anyone, and says by whom; nothing else', async () => {
    const { room } = await stage();
    const { participantId } = room.join(identity, asha);
    const said = { participantId: 'p', source: 'microphone', startMs: 0, endMs: 1, language: 'en' } as const;
    const words = [{ text: 'sea', startMs: 0, endMs: 1, confidence: 1 }];
    const final = { ...said, id: 'a', revision: 3, text: 'I sea', stableChars: 5, words, final: true };
    room.log.append({ type: 'caption', caption: final });
    room.log.append({ type: 'caption', caption: { ...final, id: 'b', final: false } });
    room.editCaption(participantId, { captionId: 'a', text: 'I see' });
    expect(room.log.caption('a')).toMatchObject({ text: 'I see', revision: 4, final: true, editedBy: participantId });
    expect(room.log.caption('a')?.words).toBeUndefined();
    for (const captionId of ['b', 'never']) {
      const edit = () => room.editCaption(participantId, { captionId, text: 'x' });
      expect(edit).toThrow(expect.objectContaining({ code: 'caption.not_found' }));
    }
  });

  it('knows what languages captions are read in, each once, while their readers are there', async () => {
    const { room } = await stage();
    const changes: (readonly string[])[] = [];
    room.events.on('captionLanguages', () => changes.push(room.captionLanguages()));
    const [one, other] = [room.join(identity, asha), room.join(identity, { name: 'Ben', language: 'en' })];
    room.readIn(one.participantId, 'es');
    room.readIn(other.participantId, 'es');
    room.readIn(other.participantId, 'original');
    room.leave(one.participantId);
    expect(changes).toEqual([['es'], ['es'], ['es'], []]);
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

  describe('a participant that the server makes', () => {
    const guide = { name: 'Guide', language: 'en' };

    it('joins, publishes and leaves as anyone does, and everyone is told what it is', async () => {
      const { room, logged } = await stage();
      const synthetic = await room.addSynthetic({ ...guide, face: stillFace() });
      const [joined] = room.log.read();
      const { participantId } = synthetic;
      expect(joined?.event).toEqual({ type: 'participant-joined', participantId, ...guide, synthetic: true });
      expect(room.participant(participantId)).toMatchObject({ ...guide, synthetic: true });
      expect(room.tracks().map((track) => ({ ...track, trackId: '' }))).toEqual([
        { trackId: '', participantId, kind: 'audio', source: 'microphone', paused: false },
        { trackId: '', participantId, kind: 'video', source: 'camera', paused: false },
      ]);
      await Promise.all([synthetic.close(), synthetic.close()]);
      expect(logged().slice(1)).toEqual([
        'track-published',
        'track-published',
        'track-closed',
        'track-closed',
        'participant-left',
      ]);
      expect(room.participant(participantId)).toBeUndefined();
      expect(room.tracks()).toEqual([]);
      expect(synthetic.signal.aborted).toBe(true);
    });

    it('lets whoever speaks through it write its last words before it has left', async () => {
      const { room, logged } = await stage();
      const synthetic = await room.addSynthetic(guide);
      synthetic.signal.addEventListener('abort', () =>
        room.log.append({ type: 'captions-waiting', participantId: synthetic.participantId, waiting: false }),
      );
      await synthetic.close();
      expect(logged().slice(-3)).toEqual(['captions-waiting', 'track-closed', 'participant-left']);
    });

    it('counts among those who may be in the call, also while it is on its way', async () => {
      const { room } = await stage({ maxParticipants: 2 });
      const full = expect.objectContaining({ code: 'room.full' });
      const coming = room.addSynthetic(guide);
      room.join(identity, asha);
      await expect(room.addSynthetic(guide)).rejects.toEqual(full);
      await (await coming).close();
      room.join(identity, asha);
      expect(() => room.join(identity, asha)).toThrow(full);
    });

    it('is not among the people', async () => {
      const { room } = await stage();
      await room.addSynthetic(guide);
      expect([room.participantCount, room.syntheticCount, room.visited]).toEqual([0, 1, false]);
    });

    it('stays when the media worker dies: its tracks close, and are published anew on the next', async () => {
      const { room, clock, routers, logged } = await stage();
      const synthetic = await room.addSynthetic(guide);
      const before = synthetic.audio.trackId;
      routers[0]?.events.emit('died');
      expect(logged().slice(-1)).toEqual(['track-closed']);
      await clock.advance(100);
      expect(logged().slice(-2)).toEqual(['track-closed', 'track-published']);
      expect(room.tracks().map(({ trackId }) => trackId)).toEqual([synthetic.audio.trackId]);
      expect(synthetic.audio.trackId).not.toBe(before);
      expect(synthetic.signal.aborted).toBe(false);
      expect(routers.map(({ direct }) => direct.map(({ closed }) => closed))).toEqual([[true], [false]]);
    });

    it('survives worker after worker that dies before it could move', async () => {
      const { room, clock, routers, failures } = await stage();
      const synthetic = await room.addSynthetic(guide);
      for (const dying of [0, 1, 2]) {
        failures.left = dying;
        routers.at(-1)?.events.emit('died');
        await clock.advance(2_000);
      }
      expect(room.tracks().map(({ trackId }) => trackId)).toEqual([synthetic.audio.trackId]);
      expect(routers.flatMap(({ direct }) => direct.filter(({ closed }) => !closed))).toHaveLength(1);
    });

    it('does not come half: a worker that dies meanwhile leaves nobody behind', async () => {
      const { room, routers, logged } = await stage();
      let goOn = () => {};
      const [router] = routers;
      if (router !== undefined) {
        router.beforeDirect = () =>
          new Promise((resolve) => {
            goOn = resolve;
          });
      }
      const coming = room.addSynthetic(guide);
      await settle();
      router?.events.emit('died');
      goOn();
      await expect(coming).rejects.toMatchObject({ code: 'media.worker_died' });
      expect(logged()).toEqual([]);
      expect([room.syntheticCount, router?.direct.every(({ closed }) => closed)]).toEqual([0, true]);
    });

    it('leaves with the call, before features have their last word, and none comes after', async () => {
      const order: string[] = [];
      const feature: Feature = {
        name: 'listens',
        attach: () => ({ [Symbol.asyncDispose]: async () => void order.push('feature') }),
      };
      const { room, logged } = await stage({ features: [feature] });
      const synthetic = await room.addSynthetic(guide);
      synthetic.signal.addEventListener('abort', () => order.push('left'));
      const closed = room.close();
      await expect(room.addSynthetic(guide)).rejects.toMatchObject({ code: 'room.closed' });
      await closed;
      expect(order).toEqual(['left', 'feature']);
      expect(logged().at(-1)).toBe('participant-left');
    });
  });
});
