import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MediaRouter, PeerMedia } from '../../../server/sfu/mediaRouter.types.ts';
import type { Sfu } from '../../../server/sfu/sfu.ts';
import { TritoneError } from '../../../shared/errors.ts';
import type { TrackSource } from '../../../shared/roomLog.ts';
import { seededRandom } from '../../fixtures/random.ts';
import { dtlsParameters, opusParameters, simulcastParameters } from '../../fixtures/rtpParameters.ts';
import { openSfu } from '../../fixtures/sfu.ts';

let sfu: Sfu;
let router: MediaRouter;
const peers: PeerMedia[] = [];
beforeAll(async () => {
  sfu = await openSfu({ announcedAddresses: ['192.0.2.7', '127.0.0.1', '192.0.2.7'] });
  router = await sfu.openRouter();
});
afterEach(() => {
  for (const peer of peers.splice(0)) peer.close();
});
afterAll(() => sfu?.close());

async function join() {
  const peer = router.openPeer();
  peers.push(peer);
  const { transportId: send } = await peer.createTransport('send');
  const { transportId: receive } = await peer.createTransport('receive');
  const publish = (source: TrackSource, rtpParameters: unknown = opusParameters()) =>
    peer.publish({
      transportId: send,
      kind: source === 'camera' || source === 'screen' ? 'video' : 'audio',
      source,
      rtpParameters,
      paused: false,
    });
  const consume = (trackId: string, rtpCapabilities: unknown = router.rtpCapabilities) =>
    peer.consume({ transportId: receive, trackId, rtpCapabilities });
  return { peer, send, receive, publish, consume };
}

const refusal = (code: string) => expect.objectContaining({ name: 'TritoneError', code });

describe('PeerMedia', () => {
  it('offers every announced address once, over UDP before TCP', async () => {
    const peer = router.openPeer();
    peers.push(peer);
    const { iceCandidates } = await peer.createTransport('send');
    expect(iceCandidates.map(({ protocol, address }) => `${protocol} ${address}`)).toEqual([
      'udp 192.0.2.7',
      'udp 127.0.0.1',
      'tcp 192.0.2.7',
      'tcp 127.0.0.1',
    ]);
    const priorities = iceCandidates.map(({ priority }) => priority);
    expect(priorities).toEqual([...priorities].sort((a, b) => b - a));
    expect(new Set(iceCandidates.map(({ foundation }) => foundation)).size).toBe(4);
  });

  it('publishes one track a source', async () => {
    const { peer, publish } = await join();
    const first = await publish('microphone');
    await expect(publish('microphone')).rejects.toEqual(refusal('track.source_taken'));
    await publish('screen-audio');
    await publish('camera', simulcastParameters());
    await publish('screen', simulcastParameters('video/H264'));
    peer.closeTrack(first);
    expect(router.producer(first)).toBeUndefined();
    await publish('microphone');
  });

  it('keeps a source free when its track was refused', async () => {
    const { publish } = await join();
    await expect(publish('camera', simulcastParameters('video/AV1'))).rejects.toEqual(refusal('media.not_negotiated'));
    await publish('camera', simulcastParameters());
  });

  it('publishes through a transport made to send, and consumes through one made to receive', async () => {
    const { peer, send, receive, publish } = await join();
    const rtpParameters = opusParameters();
    const request = { kind: 'audio', source: 'microphone', rtpParameters, paused: false } as const;
    await expect(peer.publish({ ...request, transportId: receive })).rejects.toEqual(refusal('media.not_negotiated'));
    await expect(peer.publish({ ...request, transportId: 'none' })).rejects.toEqual(
      refusal('media.transport_not_found'),
    );
    const trackId = await publish('microphone');
    const rtpCapabilities = router.rtpCapabilities;
    await expect(peer.consume({ transportId: send, trackId, rtpCapabilities })).rejects.toEqual(
      refusal('media.not_negotiated'),
    );
  });

  it('refuses a kind that is not the source’s', async () => {
    const { peer, send } = await join();
    const request = { transportId: send, source: 'camera', rtpParameters: opusParameters(), paused: false } as const;
    await expect(peer.publish({ ...request, kind: 'audio' })).rejects.toEqual(refusal('media.not_negotiated'));
  });

  it('connects a transport once', async () => {
    const { peer, send } = await join();
    await expect(peer.connectTransport(send, { fingerprints: [] })).rejects.toEqual(refusal('media.not_negotiated'));
    await peer.connectTransport(send, dtlsParameters());
    await expect(peer.connectTransport(send, dtlsParameters())).rejects.toEqual(refusal('media.not_negotiated'));
    await expect(peer.connectTransport('none', dtlsParameters())).rejects.toEqual(refusal('media.transport_not_found'));
  });

  it('gives fresh ICE credentials to a dropped connection', async () => {
    const { peer, send } = await join();
    const [one, two] = [await peer.restartIce(send), await peer.restartIce(send)];
    expect(one.usernameFragment).not.toBe(two.usernameFragment);
    await expect(peer.restartIce('none')).rejects.toEqual(refusal('media.transport_not_found'));
  });

  it('consumes with retransmission of sound, and tells of the end of the track', async () => {
    const speaker = await join();
    const listener = await join();
    const trackId = await speaker.publish('microphone');
    const { consumerId, kind, rtpParameters } = await listener.consume(trackId);
    expect(kind).toBe('audio');
    expect(rtpParameters.codecs[0]?.rtcpFeedback).toContainEqual({ type: 'nack', parameter: '' });
    const ended: string[] = [];
    listener.peer.events.on('consumerClosed', (...ids) => ended.push(...ids));
    speaker.peer.events.on('trackClosed', (id) => ended.push(id));
    speaker.peer.close();
    await expect.poll(() => ended).toEqual([trackId, consumerId, trackId]);
    await expect(listener.peer.setConsumerPaused(consumerId, false)).rejects.toEqual(refusal('track.not_found'));
  });

  it('refuses to consume what is not there, and what the browser cannot play', async () => {
    const { publish, consume } = await join();
    const trackId = await publish('camera', simulcastParameters());
    await expect(consume('none')).rejects.toEqual(refusal('track.not_found'));
    const { codecs = [] } = router.rtpCapabilities;
    const soundOnly = { codecs: codecs.filter(({ kind }) => kind === 'audio') };
    await expect(consume(trackId, soundOnly)).rejects.toEqual(refusal('media.cannot_consume'));
    await expect(consume(trackId, { codecs: 'all' })).rejects.toEqual(refusal('media.not_negotiated'));
  });

  it('pauses tracks and consumers, and takes layers for simulcast alone', async () => {
    const { peer, publish, consume } = await join();
    const [sound, picture] = [await publish('microphone'), await publish('camera', simulcastParameters())];
    const [heard, seen] = [await consume(sound), await consume(picture)];
    await peer.setTrackPaused(sound, true);
    expect(router.producer(sound)?.paused).toBe(true);
    await peer.setTrackPaused(sound, false);
    await peer.setConsumerPaused(seen.consumerId, false);
    await peer.setConsumerLayers(seen.consumerId, { spatialLayer: 1, temporalLayer: undefined });
    await peer.setConsumerLayers(heard.consumerId, { spatialLayer: 1 });
    await expect(peer.setTrackPaused('none', true)).rejects.toEqual(refusal('track.not_found'));
    expect(() => peer.closeTrack('none')).toThrow(TritoneError);
    peer.closeConsumer(seen.consumerId);
    peer.closeConsumer(seen.consumerId);
  });

  it('bounds the transports of one peer', async () => {
    const { peer } = await join();
    const more = await Promise.allSettled(Array.from({ length: 10 }, () => peer.createTransport('send')));
    expect(more.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    expect(more.at(-1)).toEqual({ status: 'rejected', reason: refusal('request.too_many') });
  });

  it('closes a transport, tracks and all, when its page makes another of that direction', async () => {
    const { peer, send, publish } = await join();
    const trackId = await publish('microphone');
    const ended: string[] = [];
    peer.events.on('trackClosed', (id) => ended.push(id));
    for (let round = 0; round < 12; round += 1) await peer.createTransport('send');
    expect(ended).toEqual([trackId]);
    await expect(peer.restartIce(send)).rejects.toEqual(refusal('media.transport_not_found'));
  });

  it('closes all it has, once, and answers nothing afterwards', async () => {
    const { peer, send, publish } = await join();
    const trackId = await publish('microphone');
    const ended: string[] = [];
    peer.events.on('trackClosed', (id) => ended.push(id));
    const onTheWay = publish('screen-audio').catch((cause: unknown) => cause);
    peer.close();
    peer.close();
    expect(await onTheWay).toBeInstanceOf(TritoneError);
    expect(ended).toEqual([trackId]);
    await expect(peer.createTransport('send')).rejects.toEqual(refusal('room.closed'));
    await expect(peer.connectTransport(send, dtlsParameters())).rejects.toEqual(refusal('room.closed'));
  });

  it('answers a typed error to any malformed negotiation, and the worker lives', async () => {
    const [pid] = sfu.workerPids;
    const { peer, send, consume, publish } = await join();
    const trackId = await publish('microphone');
    const random = seededRandom(21);
    const codes = new Set<string>();
    const note = (cause: unknown) => codes.add(cause instanceof TritoneError ? cause.code : String(cause));
    for (let round = 0; round < 300; round += 1) {
      const rtpParameters = spoil(round % 2 === 0 ? opusParameters() : simulcastParameters(), random);
      const kind = round % 2 === 0 ? 'audio' : 'video';
      const source = kind === 'audio' ? 'screen-audio' : 'camera';
      await peer
        .publish({ transportId: send, kind, source, rtpParameters, paused: false })
        .then((id) => peer.closeTrack(id), note);
      await consume(trackId, spoil(router.rtpCapabilities, random)).then(
        ({ consumerId }) => peer.closeConsumer(consumerId),
        note,
      );
    }
    expect([...codes].sort()).toEqual(['media.cannot_consume', 'media.not_negotiated']);
    expect(sfu.workerPids).toEqual([pid]);
    await expect(publish('camera', simulcastParameters())).resolves.toBeTypeOf('string');
  });
});

const oddValues: unknown[] = [
  null,
  -1,
  0,
  1.5,
  300,
  2 ** 40,
  Number.NaN,
  '',
  'x'.repeat(5000),
  [],
  {},
  true,
  [[]],
  'video/VP9',
];

/** A copy in which one value, somewhere, has become something else, or is gone. */
function spoil(value: object, random: () => number): unknown {
  const copy: unknown = structuredClone(value);
  let [target, depth] = [copy as Record<string, unknown>, 0];
  while (true) {
    const keys = Object.keys(target);
    const key = keys[Math.floor(random() * keys.length)];
    if (key === undefined) return copy;
    const inner = target[key];
    depth += 1;
    if (typeof inner === 'object' && inner !== null && random() < 0.85 && depth < 6) {
      target = inner as Record<string, unknown>;
      continue;
    }
    if (random() < 0.3) delete target[key];
    else target[key] = oddValues[Math.floor(random() * oddValues.length)];
    return copy;
  }
}
