import { setTimeout as sleep } from 'node:timers/promises';
import type { types } from 'mediasoup';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { LiveOpusDecoder } from '../../../server/media/codecs/liveOpusDecoder.ts';
import { type Face, SyntheticMedia } from '../../../server/media/feed/syntheticMedia.ts';
import { PictureThreads } from '../../../server/media/feed/video/pictureThreads.ts';
import { VoiceEncoder } from '../../../server/media/feed/voiceEncoder.ts';
import { ntpToMs } from '../../../server/media/rtp/ntp.ts';
import { parseRtp, type RtpPacket } from '../../../server/media/rtp/rtpPacket.ts';
import type { DirectTrack, MediaRouter, PeerMedia } from '../../../server/sfu/mediaRouter.types.ts';
import type { Sfu } from '../../../server/sfu/sfu.ts';
import { systemClock } from '../../../server/streams/clock.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { noMetrics } from '../../../server/streams/metrics.ts';
import { locate } from '../../fixtures/correlation.ts';
import { hum } from '../../fixtures/hum.ts';
import { stillFace } from '../../fixtures/scriptedPictures.ts';
import { openSfu } from '../../fixtures/sfu.ts';
import { UdpViewer } from '../../fixtures/udpViewer.ts';

const HEARD_RATE = 16_000;
const FRAME = 960;

let sfu: Sfu;
let router: MediaRouter;
const threads = new PictureThreads({ clock: systemClock });
const opened: { close(): unknown }[] = [];
beforeAll(async () => {
  sfu = await openSfu();
  router = await sfu.openRouter();
});
afterEach(async () => {
  for (const part of opened.splice(0).reverse()) await part.close();
});
afterAll(async () => {
  await threads.close();
  await sfu?.close();
});

async function openMedia(face?: Face, on: MediaRouter = router): Promise<SyntheticMedia> {
  const media = await SyntheticMedia.open({
    router: on,
    face,
    openPictureEncoder: threads.open,
    clock: systemClock,
    log: silentLog,
    metrics: noMetrics,
  });
  opened.push(media);
  return media;
}

/** `what` names the wait for readers; the time limit is only never. */
function until(isSo: () => boolean, _what: string): Promise<unknown> {
  return vi.waitUntil(isSo, { timeout: 50_000, interval: 2 });
}

/** What arrives of a track on the other side of the worker. */
async function listen(trackId: string): Promise<RtpPacket[]> {
  const packets: RtpPacket[] = [];
  const transport = await router.router.createDirectTransport();
  opened.push(transport);
  const consumer = await transport.consume({ producerId: trackId, rtpCapabilities: router.rtpCapabilities });
  consumer.on('rtp', (datagram) => packets.push(...[parseRtp(datagram)].filter((packet) => packet !== undefined)));
  return packets;
}

/** The packets' sound, one after another, 16 kHz. */
function decode(packets: readonly RtpPacket[]): Int16Array {
  const decoder = new LiveOpusDecoder();
  const pcm = packets.flatMap(({ payload }) => [...(decoder.decode(payload) ?? [])]);
  decoder.close();
  return Int16Array.from(pcm);
}

/** What a sound at 48 kHz is at 16 kHz once it has been through the codec, which shifts phases; without the codec's delay. */
function coded(pcm: Int16Array): Int16Array {
  const encoder = new VoiceEncoder();
  const decoder = new LiveOpusDecoder();
  const heard: number[] = [];
  // As in a feed that has been silent for a while: the same packets come of it.
  for (let frame = 0; frame < 20; frame += 1) encoder.encode(new Int16Array(FRAME));
  for (let at = 0; at < pcm.length; at += FRAME) {
    heard.push(...(decoder.decode(encoder.encode(pcm.subarray(at, at + FRAME)).payload) ?? []));
  }
  encoder.close();
  decoder.close();
  const sound = Int16Array.from(heard);
  return sound.subarray(Math.round((soundsIn(sound).fromMs * HEARD_RATE) / 1000));
}

/** Where a sound begins and ends in `pcm`, ms. */
function soundsIn(pcm: Int16Array): { fromMs: number; toMs: number } {
  const isLoud = (sample: number) => Math.abs(sample) > 100;
  return {
    fromMs: (pcm.findIndex(isLoud) * 1000) / HEARD_RATE,
    toMs: ((pcm.findLastIndex(isLoud) + 1) * 1000) / HEARD_RATE,
  };
}

describe('SyntheticMedia on a real worker', () => {
  it('is heard as it was written, packet after packet without a hole', async () => {
    const media = await openMedia();
    const packets = await listen(media.audio.trackId);
    await until(() => packets.length > 20, 'it has been silent for a while');
    const utterance = media.audio.begin('u');
    await utterance.write(hum(3, 48_000));
    await expect(utterance.end()).resolves.toEqual({ playedSamples: 3 * 48_000, cut: false });
    await until(() => packets.length > 172, 'the sound is through');
    const [first] = packets;
    expect(packets.map(({ sequence }) => (sequence - (first?.sequence ?? 0)) & 0xffff)).toEqual(
      packets.map((_, at) => at),
    );
    const steps = packets.slice(1).map(({ timestamp }, at) => (timestamp - (packets[at]?.timestamp ?? 0)) >>> 0);
    // Where the test itself held the event loop up, media time passed unsent.
    expect(steps.reduce((sum, step) => sum + step - FRAME, 0)).toBeLessThanOrEqual(media.stats.skippedMs * 48);
    const heard = decode(packets);
    const { fromMs } = soundsIn(heard);
    const expected = coded(hum(3, 48_000));
    for (const second of [0, 1, 2]) {
      const piece = expected.subarray(second * HEARD_RATE, (second + 1) * HEARD_RATE);
      const near = (fromMs / 1000 + second) * HEARD_RATE;
      expect(locate(piece, heard, near - 400, near + 400).likeness).toBeGreaterThan(0.99);
    }
  });

  it('says how far the voice is to the packet', async () => {
    const media = await openMedia();
    const packets = await listen(media.audio.trackId);
    const utterance = media.audio.begin('u');
    await utterance.write(hum(1, 48_000));
    await until(() => utterance.playedSamples > 24_000, 'half of it has left');
    media.audio.pause();
    const { playedSamples } = utterance;
    const before = packets.length;
    await until(() => packets.length > before + 20, 'silence follows');
    const { fromMs, toMs } = soundsIn(decode(packets));
    // What fades out after the position is heard once more when the voice goes on.
    expect(toMs - fromMs).toBeGreaterThan(playedSamples / 48 - 10);
    expect(toMs - fromMs).toBeLessThan(playedSamples / 48 + 35);
    media.audio.resume();
    void utterance.end();
    await until(() => media.audio.position === undefined, 'the rest has left');
    expect(utterance.playedSamples).toBe(48_000);
  });

  it('lets at most 60 ms more be heard after a cut, and begins the next utterance with its own sound', async () => {
    const media = await openMedia();
    const packets = await listen(media.audio.trackId);
    const utterance = media.audio.begin('u');
    const next = media.audio.begin('next');
    await utterance.write(hum(1, 48_000));
    await until(() => utterance.playedSamples > 20_000, 'it speaks');
    const { playedSamples } = utterance.cut();
    const cutAt = packets.length;
    await until(() => packets.length > cutAt + 25, 'silence follows');
    const heard = soundsIn(decode(packets));
    expect(heard.toMs - heard.fromMs).toBeLessThan(playedSamples / 48 + 60);
    const later = packets.length;
    await next.write(hum(0.5, 48_000));
    await next.end();
    await until(() => packets.length > later + 30, 'the next is through');
    const nextHeard = decode(packets.slice(later));
    const { fromMs } = soundsIn(nextHeard);
    const near = (fromMs * HEARD_RATE) / 1000;
    expect(locate(coded(hum(0.5, 48_000)), nextHeard, near - 400, near + 400).likeness).toBeGreaterThan(0.98);
  });

  it('is known to the room as its speaker while it speaks', async () => {
    const media = await openMedia();
    const speakers: (string | undefined)[] = [];
    router.events.on('activeSpeaker', (trackId) => speakers.push(trackId));
    const utterance = media.audio.begin('u');
    await utterance.write(hum(1.5, 48_000));
    void utterance.end();
    await until(() => speakers.length === 2, 'it is named and taken back');
    expect(speakers).toEqual([media.audio.trackId, undefined]);
    router.events.removeAllListeners('activeSpeaker');
  });

  it('leaves what a viewer has lost to the router, which sends it again', async () => {
    const media = await openMedia();
    const viewer = await UdpViewer.open(router);
    opened.push(viewer);
    const consumer = await viewer.consume(media.audio.trackId);
    await until(() => viewer.packetsOf(consumer).length > 10, 'packets come');
    const lost = viewer.packetsOf(consumer).at(-1) as RtpPacket;
    viewer.send(nack(lost));
    const again = () => viewer.packetsOf(consumer).filter(({ sequence }) => sequence === lost.sequence);
    await until(() => again().length === 2, 'it comes again');
    expect(again().map(({ payload }) => payload)).toEqual([lost.payload, lost.payload]);
  });
});

describe('SyntheticMedia with a face on a real worker', () => {
  it('gives viewers who come late a key frame at once', async () => {
    const { media } = await openFace();
    const viewer = await UdpViewer.open(router);
    opened.push(viewer);
    await sleep(200);
    const consumer = await viewer.consume(media.video?.trackId ?? '');
    await until(() => viewer.packetsOf(consumer).length > 0, 'pictures come');
    expect(isKeyFrame(viewer.packetsOf(consumer)[0])).toBe(true);
  });

  it('is told to every viewer in step: both tracks on one wall clock within a millisecond', async () => {
    const { media, sent } = await openFace();
    const viewer = await UdpViewer.open(router);
    opened.push(viewer);
    const sound = await viewer.consume(media.tracks[0]?.trackId ?? '');
    const picture = await viewer.consume(media.tracks[1]?.trackId ?? '');
    const utterance = media.audio.begin('u');
    void utterance.write(hum(30, 48_000));
    await until(() => viewer.reportsOf(sound).length > 2 && viewer.reportsOf(picture).length > 2, 'viewers were told');
    const [soundErrorMs, pictureErrorMs] = [sound, picture].map((consumer) => {
      const rate = consumer.kind === 'audio' ? 48 : 90;
      const report = viewer.reportsOf(consumer).at(-1);
      const packet = viewer.packetsOf(consumer).at(-1) as RtpPacket;
      const toldMs = (report?.ntpMs ?? 0) + ((packet.timestamp - (report?.rtpTimestamp ?? 0)) | 0) / rate;
      return toldMs - sent.wallMsOf(packet, consumer.kind);
    });
    expect(Math.abs((soundErrorMs ?? 0) - (pictureErrorMs ?? 0))).toBeLessThan(1);
    expect(Math.abs(soundErrorMs ?? 0)).toBeLessThan(20);
  });

  it('encodes the layers that viewers may take, and no other', async () => {
    const { media } = await openFace({ wants: [] });
    const { media: unseen } = await openFace({ wants: [] });
    const trackId = media.video?.trackId ?? '';
    const layers = () => media.video?.stats.layers;
    expect(layers()).toEqual([]);
    const [one, other] = await Promise.all([watch(trackId), watch(trackId)]);
    expect(layers()).toEqual([]);
    await one.peer.setConsumerPaused(one.consumerId, false);
    await until(() => layers()?.length === 2, 'both are encoded');
    expect(unseen.video?.stats.layers).toEqual([]);
    await one.peer.setConsumerLayers(one.consumerId, { spatialLayer: 0 });
    await until(() => layers()?.length === 1, 'the large one is not');
    await other.peer.setConsumerPaused(other.consumerId, false);
    await until(() => layers()?.length === 2, 'the other viewer wants it');
    other.peer.closeConsumer(other.consumerId);
    await until(() => layers()?.length === 1, 'and is gone');
    await one.peer.setConsumerPaused(one.consumerId, true);
    await until(() => layers()?.length === 0, 'nobody watches');
  });
});

/** RFC 4585 §6.2.1, for one packet. */
function nack({ ssrc, sequence }: RtpPacket): Buffer {
  const packet = Buffer.from([0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  packet.writeUInt32BE(ssrc, 8);
  packet.writeUInt16BE(sequence, 12);
  return packet;
}

/** RFC 7741 §4.2, §4.3: behind the descriptor of what `vp8Payloads` writes, the P bit of the first byte is 0. */
function isKeyFrame(packet: RtpPacket | undefined): boolean {
  const [descriptor = 0, extension = 0, pictureId = 0] = packet?.payload ?? [];
  let at = 1;
  if (descriptor & 0x80) {
    at += 1;
    if (extension & 0x80) at += pictureId & 0x80 ? 2 : 1;
    if (extension & 0x40) at += 1;
    if (extension & 0x30) at += 1;
  }
  return (descriptor & 0x10) !== 0 && ((packet?.payload[at] ?? 1) & 1) === 0;
}

async function watch(trackId: string): Promise<{ peer: PeerMedia; consumerId: string }> {
  const peer = router.openPeer();
  opened.push(peer);
  const { transportId } = await peer.createTransport('receive');
  const { consumerId } = await peer.consume({ transportId, trackId, rtpCapabilities: router.rtpCapabilities });
  return { peer, consumerId };
}

/** What was handed to the worker, to be found again by its last bytes: the router rewrites what stands before them. */
class Sent {
  readonly #timestamps = new Map<string, number>();
  readonly #reports = new Map<number, { wallMs: number; timestamp: number }>();
  readonly #ssrcOf = new Map<string, number>();

  packet(datagram: Buffer): void {
    const packet = parseRtp(datagram);
    if (packet === undefined) return;
    this.#timestamps.set(keyOf(packet), packet.timestamp);
    this.#ssrcOf.set(keyOf(packet), packet.ssrc);
  }

  report(rtcp: Buffer): void {
    const wallMs = ntpToMs(rtcp.readUInt32BE(8), rtcp.readUInt32BE(12));
    this.#reports.set(rtcp.readUInt32BE(4), { wallMs, timestamp: rtcp.readUInt32BE(16) });
  }

  /** When the media of a packet was made, as its maker told. */
  wallMsOf(packet: RtpPacket, kind: types.MediaKind): number {
    const timestamp = this.#timestamps.get(keyOf(packet));
    const report = this.#reports.get(this.#ssrcOf.get(keyOf(packet)) ?? 0);
    if (timestamp === undefined || report === undefined) throw new Error('this packet was never sent');
    return report.wallMs + ((timestamp - report.timestamp) | 0) / (kind === 'audio' ? 48 : 90);
  }
}

const keyOf = ({ payload }: RtpPacket) => Buffer.from(payload.subarray(-40)).toString('hex');

async function openFace({ wants = [0, 1] }: { wants?: readonly number[] } = {}) {
  const sent = new Sent();
  const spied: MediaRouter = Object.create(router, {
    openDirect: {
      value: async () => {
        const direct = await router.openDirect();
        const { publish, sendRtcp } = direct;
        direct.publish = async (request) => {
          const track = await publish.call(direct, request);
          const send = (datagram: Buffer) => {
            sent.packet(datagram);
            track.send(datagram);
          };
          return { ...track, send } satisfies DirectTrack;
        };
        direct.sendRtcp = (packet) => {
          sent.report(packet);
          sendRtcp.call(direct, packet);
        };
        // Viewers on plain transports are none of the room's peers: nobody counts them.
        if (wants.length > 0) setImmediate(() => direct.events.emit('layersWanted', '', wants));
        return direct;
      },
    },
  });
  const media = await openMedia(movingFace(), spied);
  return { media, sent };
}

/** Pictures that differ, so that each has bytes of its own. */
function movingFace(): Face {
  const { clip } = stillFace(256);
  const count = 50;
  const pictureBytes = (clip.size * clip.size * 3) / 2;
  const frames = new SharedArrayBuffer(pictureBytes * count);
  const bytes = new Uint8Array(frames);
  for (let at = 0; at < bytes.length; at += 1) {
    const picture = Math.floor(at / pictureBytes);
    bytes[at] = 128 + 100 * Math.sin((at % pictureBytes) / (40 + picture));
  }
  return { clip: { ...clip, frames, count }, pictures: { pictureAt: ({ index }) => ({ base: index % count }) } };
}
