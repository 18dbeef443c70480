import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ActiveSpeaker } from '../../../server/sfu/activeSpeaker.ts';
import type { MediaRouter } from '../../../server/sfu/mediaRouter.types.ts';
import { type Log, silentLog } from '../../../server/streams/log.ts';
import { DirectRouter } from '../../fixtures/directRouter.ts';
import { speakInto } from '../../fixtures/rtpSpeaker.ts';
import { openSfu } from '../../fixtures/sfu.ts';

/** Two neighbouring ports that nobody listens on. */
async function freePorts(): Promise<number> {
  while (true) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    if (port < 65_000) return port;
  }
}

async function portOf(router: MediaRouter): Promise<number | undefined> {
  const peer = router.openPeer();
  const { iceCandidates } = await peer.createTransport('send');
  peer.close();
  return iceCandidates[0]?.port;
}

describe('Sfu', () => {
  it('gives each worker its own port, and each room the least loaded worker', async () => {
    const rtcPort = await freePorts();
    await using sfu = await openSfu({ workers: 2, rtcPort });
    const rooms = [await sfu.openRouter(), await sfu.openRouter()];
    const ports = await Promise.all(rooms.map(portOf));
    expect(ports.toSorted()).toEqual([rtcPort, rtcPort + 1]);
    const [first] = rooms;
    first?.close();
    expect(await portOf(await sfu.openRouter())).toBe(ports[0]);
  });

  it('tells the rooms of a killed worker, replaces it, and leaves the others alone', async () => {
    const rtcPort = await freePorts();
    await using sfu = await openSfu({ workers: 2, rtcPort });
    const [lost, kept] = [await sfu.openRouter(), await sfu.openRouter()];
    const [victim = 0, other] = sfu.workerPids;
    let keptDied = false;
    kept.events.on('died', () => {
      keptDied = true;
    });
    const peer = lost.openPeer();
    const { transportId } = await peer.createTransport('send');
    const died = once(lost.events, 'died');
    process.kill(victim, 'SIGKILL');
    await died;
    await expect(peer.createTransport('send')).rejects.toMatchObject({ code: 'media.worker_died' });
    await expect(peer.restartIce(transportId)).rejects.toMatchObject({ code: 'media.worker_died' });
    expect(() => lost.openPeer()).toThrow(expect.objectContaining({ code: 'media.worker_died' }));
    lost.close();
    await expect.poll(() => sfu.workerPids.length, { timeout: 5000 }).toBe(2);
    expect(sfu.workerPids).toContain(other);
    expect(sfu.workerPids).not.toContain(victim);
    expect(keptDied).toBe(false);
    expect(await portOf(await sfu.openRouter())).toBe(rtcPort);
  });

  it('opens a router as soon as the only worker is back', async () => {
    await using sfu = await openSfu();
    const lost = await sfu.openRouter();
    const died = once(lost.events, 'died');
    process.kill(sfu.workerPids[0] ?? 0, 'SIGKILL');
    await died;
    const again = await sfu.openRouter();
    expect(await portOf(again)).toBeGreaterThan(0);
  });

  it('takes the end of a worker for no fault once it is retired, and calls go on until then', async () => {
    const told: string[] = [];
    const tell = (level: string) => (_: object, sentence: string) => void told.push(`${level}: ${sentence}`);
    const log: Log = { ...silentLog, info: tell('info'), error: tell('error'), child: () => log };
    await using sfu = await openSfu({ log });
    const router = await sfu.openRouter();
    sfu.retire();
    expect(await portOf(router)).toBeGreaterThan(0);
    const died = once(router.events, 'died');
    process.kill(sfu.workerPids[0] ?? 0, 'SIGINT');
    await died;
    await expect.poll(() => told).toEqual(['info: media worker ended']);
    await expect(sfu.openRouter()).rejects.toMatchObject({ code: 'media.unavailable' });
    expect(sfu.workerPids).toEqual([]);
  });

  it('says that media is unavailable when no worker starts or all are closed, and which port is taken', async () => {
    await expect(openSfu({ workerBin: '/bin/false' })).rejects.toMatchObject({ code: 'media.unavailable' });
    const rtcPort = await freePorts();
    await using holder = await openSfu({ rtcPort });
    await expect(openSfu({ rtcPort })).rejects.toMatchObject({ code: 'server.port_taken' });
    await holder.close();
    await holder.close();
    await expect(holder.openRouter()).rejects.toMatchObject({ code: 'media.unavailable' });
  });

  it('closes a room without calling it a death', async () => {
    await using sfu = await openSfu();
    const router = await sfu.openRouter();
    let died = false;
    router.events.on('died', () => {
      died = true;
    });
    router.close();
    router.close();
    expect(() => router.openPeer()).toThrow(expect.objectContaining({ code: 'room.closed' }));
    await sfu.close();
    expect(died).toBe(false);
  });
});

/** A tone that rises and falls four times a second. */
const syllables = (_: unknown, at: number) => 9000 * Math.sin(at / 6) * (0.5 - 0.5 * Math.cos((at * Math.PI) / 2000));

describe('ActiveSpeaker', () => {
  it('names who speaks, then the next one, then nobody', async () => {
    await using sfu = await openSfu();
    const router = new DirectRouter(await sfu.openRouter());
    const told: (string | undefined)[] = [];
    const speaker = await ActiveSpeaker.open(router.router, (trackId) => told.push(trackId));
    const [ann, bob] = [await router.publish(), await router.publish()];
    await speaker.watch(ann.producer);
    await speaker.watch(bob.producer);
    const voice = { pcm: Int16Array.from({ length: 28_000 }, syllables), sampleRate: 16_000 };
    const first = await speakInto(router, voice, { trackId: ann.producer.id });
    const silence = await speakInto(
      router,
      { pcm: new Int16Array(28_000), sampleRate: 16_000 },
      { trackId: bob.producer.id },
    );
    await Promise.all([first.finished, silence.finished]);
    const second = await speakInto(router, voice, {
      trackId: bob.producer.id,
      firstSequence: 1100,
      firstTimestamp: 2e6,
    });
    await second.finished;
    await expect.poll(() => told.at(-1), { timeout: 5000 }).toBeUndefined();
    expect(told.filter((trackId) => trackId !== undefined)).toEqual([ann.producer.id, bob.producer.id]);
  });
});
