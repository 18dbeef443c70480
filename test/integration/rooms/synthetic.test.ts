import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseRtp, type RtpPacket } from '../../../server/media/rtp/rtpPacket.ts';
import { noJournal } from '../../../server/rooms/callJournal.types.ts';
import { Room } from '../../../server/rooms/room.ts';
import type { MediaRouter } from '../../../server/sfu/mediaRouter.types.ts';
import type { Sfu } from '../../../server/sfu/sfu.ts';
import { systemClock } from '../../../server/streams/clock.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { noMetrics } from '../../../server/streams/metrics.ts';
import { hum } from '../../fixtures/hum.ts';
import { scriptedPictures } from '../../fixtures/scriptedPictures.ts';
import { openSfu } from '../../fixtures/sfu.ts';

let sfu: Sfu | undefined;
let room: Room | undefined;
afterEach(async () => {
  await room?.close();
  await sfu?.close();
});

async function stage() {
  const pool = await openSfu();
  sfu = pool;
  const routers: MediaRouter[] = [];
  const opened = await Room.open({
    name: 'ops',
    openRouter: async () => {
      const router = await pool.openRouter();
      routers.push(router);
      return router;
    },
    features: [],
    maxParticipants: 10,
    openPictureEncoder: scriptedPictures().openPictureEncoder,
    journal: noJournal,
    clock: systemClock,
    log: silentLog,
    metrics: noMetrics,
  });
  room = opened;
  return { sfu: pool, room: opened, routers };
}

const never = { timeout: 50_000, interval: 5 };

async function listen({ router, rtpCapabilities }: MediaRouter, trackId: string): Promise<RtpPacket[]> {
  const packets: RtpPacket[] = [];
  const transport = await router.createDirectTransport();
  const consumer = await transport.consume({ producerId: trackId, rtpCapabilities });
  consumer.on('rtp', (datagram) => packets.push(...[parseRtp(datagram)].filter((packet) => packet !== undefined)));
  return packets;
}

describe('a synthesized participant in a room on real workers', () => {
  it('goes on with its sentence where it was when its media worker is killed', async () => {
    const { sfu, room, routers } = await stage();
    const guide = await room.addSynthetic({ name: 'Guide', language: 'en' });
    const utterance = guide.audio.begin('u');
    void utterance.write(hum(3, 48_000));
    const ended = utterance.end();
    await vi.waitUntil(() => utterance.playedSamples > 48_000, never);
    const [first] = sfu.workerPids;
    process.kill(first ?? 0, 'SIGKILL');
    await vi.waitUntil(() => room.tracks().length === 0, never);
    const { playedSamples } = utterance;
    await vi.waitUntil(() => room.tracks().length === 1, never);
    expect(utterance.playedSamples - playedSamples).toBeLessThan(9_600);
    expect(room.tracks()[0]).toMatchObject({ trackId: guide.audio.trackId, participantId: guide.participantId });
    const packets = await listen(routers.at(-1) as MediaRouter, guide.audio.trackId);
    await expect(ended).resolves.toEqual({ playedSamples: 3 * 48_000, cut: false });
    expect(packets.length).toBeGreaterThan(50);
  });

  it('can be heard by everyone in the room, who are told what it is', async () => {
    const { room, routers } = await stage();
    const guide = await room.addSynthetic({ name: 'Guide', language: 'en' });
    const peer = (routers[0] as MediaRouter).openPeer();
    const { transportId } = await peer.createTransport('receive');
    const { rtpCapabilities } = room;
    const { kind } = await peer.consume({ transportId, trackId: guide.audio.trackId, rtpCapabilities });
    expect(kind).toBe('audio');
    expect(room.participant(guide.participantId)?.synthetic).toBe(true);
    peer.close();
  });

  it('takes its tracks out of the router when it leaves', async () => {
    const { room, routers } = await stage();
    const guide = await room.addSynthetic({ name: 'Guide', language: 'en' });
    const { trackId } = guide.audio;
    expect(routers[0]?.producer(trackId)).toBeDefined();
    await guide.close();
    expect(routers[0]?.producer(trackId)).toBeUndefined();
    await expect(room.openTap(trackId, room.signal)).rejects.toMatchObject({ code: 'track.not_found' });
  });
});
