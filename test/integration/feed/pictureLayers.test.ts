import type { types } from 'mediasoup';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { VideoCodec } from '../../../server/media/feed/pictureEncoder.types.ts';
import { SyntheticMedia } from '../../../server/media/feed/syntheticMedia.ts';
import { PictureThreads } from '../../../server/media/feed/video/pictureThreads.ts';
import { parseRtp, type RtpPacket } from '../../../server/media/rtp/rtpPacket.ts';
import type { MediaRouter } from '../../../server/sfu/mediaRouter.types.ts';
import type { Sfu } from '../../../server/sfu/sfu.ts';
import { systemClock } from '../../../server/streams/clock.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { noMetrics } from '../../../server/streams/metrics.ts';
import { depacketise, isKeyPicture, movingClip, PictureDecoder } from '../../fixtures/encodedPictures.ts';
import { openSfu } from '../../fixtures/sfu.ts';

const PICTURE_STEP = 90_000 / 25;
/** Edges of the pictures in the two layers. */
const SMALL = 128;
const LARGE = 256;
/** mediasoup takes a layer for dead when nothing came for 1.5 s. */
const DEAD_AFTER_MS = 1500;

let sfu: Sfu;
let router: MediaRouter;
const clip = movingClip(LARGE, 10);
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

function until(isSo: () => boolean, _what: string): Promise<unknown> {
  return vi.waitUntil(isSo, { timeout: 50_000, interval: 2 });
}

interface SeenPicture {
  readonly width: number;
  readonly isKey: boolean;
  readonly timestamp: number;
}

/** One who decodes all that the router forwards, in order. */
class Viewer {
  readonly seen: SeenPicture[] = [];
  readonly consumer: types.Consumer;
  readonly #codec: VideoCodec;
  readonly #decoder: PictureDecoder;
  #packets: RtpPacket[] = [];

  static async open(trackId: string, codec: VideoCodec): Promise<Viewer> {
    const transport = await router.router.createDirectTransport();
    const { rtpCapabilities } = router;
    const viewer = new Viewer(await transport.consume({ producerId: trackId, rtpCapabilities, paused: true }), codec);
    opened.push(viewer, transport);
    await viewer.consumer.resume();
    return viewer;
  }

  private constructor(consumer: types.Consumer, codec: VideoCodec) {
    this.consumer = consumer;
    this.#codec = codec;
    this.#decoder = new PictureDecoder(codec);
    consumer.on('rtp', (datagram) => this.#receive(parseRtp(datagram)));
  }

  close(): void {
    this.consumer.close();
    this.#decoder.close();
  }

  #receive(packet: RtpPacket | undefined): void {
    if (packet === undefined || packet.payload.length === 0) return;
    this.#packets.push(packet);
    if (!packet.marker) return;
    const payloads = this.#packets.map(({ payload }) => payload);
    this.#packets = [];
    const picture = depacketise(this.#codec, payloads);
    const { width } = this.#decoder.decode(picture);
    this.seen.push({ width, isKey: isKeyPicture(this.#codec, picture), timestamp: packet.timestamp });
  }
}

/** A face, a guest whose wishes count as demand, and a viewer who sees what is forwarded. */
async function stage(codec: VideoCodec = 'VP8') {
  const media = await SyntheticMedia.open({
    router,
    face: { clip, codec, pictures: { pictureAt: ({ index }) => ({ base: index % clip.count }) } },
    openPictureEncoder: threads.open,
    clock: systemClock,
    log: silentLog,
    metrics: noMetrics,
  });
  opened.push(media);
  const trackId = media.video?.trackId ?? '';
  const peer = router.openPeer();
  opened.push(peer);
  const { transportId } = await peer.createTransport('receive');
  const { consumerId } = await peer.consume({ transportId, trackId, rtpCapabilities: router.rtpCapabilities });
  await peer.setConsumerPaused(consumerId, false);
  const viewer = await Viewer.open(trackId, codec);
  const { seen } = viewer;
  return {
    media,
    viewer,
    seen,
    prefer: (spatialLayer: number) => peer.setConsumerLayers(consumerId, { spatialLayer }),
  };
}

describe.each(['VP8', 'H264'] as const)('Pictures through a real worker, %s', (codec) => {
  it('come whole and in step, from a key frame on, and settle at the large layer', async () => {
    const { media, seen } = await stage(codec);
    await until(() => seen.filter(({ width }) => width === LARGE).length > 25, 'a second of the large layer is seen');
    expect(seen[0]?.isKey).toBe(true);
    const large = seen.filter(({ width }) => width === LARGE);
    const steps = large.slice(1).map(({ timestamp }, at) => (timestamp - (large[at]?.timestamp ?? 0)) >>> 0);
    expect(steps.every((step) => step > 0 && step % PICTURE_STEP === 0)).toBe(true);
    const { late = 0 } = media.video?.stats ?? {};
    expect(steps.filter((step) => step !== PICTURE_STEP).length).toBeLessThanOrEqual(late + media.stats.stalls);
  });

  it('bring a key frame when a viewer asks for one, and none unasked', async () => {
    const { viewer, seen } = await stage(codec);
    await until(() => seen.at(-1)?.width === LARGE, 'the large layer is seen');
    // Requests within a second of each other are one, and the switch itself was one.
    const quiet = seen.length + 30;
    await until(() => seen.length > quiet, 'a second passes');
    const before = seen.length;
    expect(seen.slice(before - 20).some(({ isKey }) => isKey)).toBe(false);
    await viewer.consumer.requestKeyFrame();
    await until(() => seen.slice(before).some(({ isKey }) => isKey), 'a key frame comes');
  });
});

describe('Layers of pictures through a real worker', () => {
  it('switch at a key frame, with time going on as it was', async () => {
    const { viewer, seen } = await stage();
    await until(() => seen.at(-1)?.width === LARGE, 'the large layer is seen');
    await viewer.consumer.setPreferredLayers({ spatialLayer: 0 });
    await until(() => seen.at(-1)?.width === SMALL, 'the small one is seen');
    await viewer.consumer.setPreferredLayers({ spatialLayer: 1 });
    await until(() => seen.at(-1)?.width === LARGE, 'the large one is seen again');
    const switches = seen.filter(({ width }, at) => at > 0 && width !== seen[at - 1]?.width);
    expect(switches.length).toBeGreaterThanOrEqual(2);
    expect(switches.every(({ isKey }) => isKey)).toBe(true);
    const steps = seen.slice(1).map(({ timestamp }, at) => (timestamp - (seen[at]?.timestamp ?? 0)) | 0);
    expect(Math.min(...steps)).toBeGreaterThan(0);
    // Both layers lie on one clock: a switch takes no longer than the key frame that it waits for.
    expect(Math.max(...steps)).toBeLessThan(90_000);
  });

  it('come back when they are wanted again, however long nothing was sent in them', async () => {
    const { media, seen, prefer } = await stage();
    await until(() => seen.at(-1)?.width === LARGE, 'the large layer is seen');
    await prefer(0);
    expect(media.video?.stats.layers).toEqual([SMALL]);
    await until(() => seen.at(-1)?.width === SMALL, 'the viewer falls back to the small one');
    const pictures = seen.length;
    await until(() => seen.length > pictures + (2 * DEAD_AFTER_MS) / 40, 'the large layer is long dead');
    expect(seen.slice(pictures).every(({ width }) => width === SMALL)).toBe(true);
    await prefer(1);
    await until(() => seen.at(-1)?.width === LARGE, 'the large one is seen again');
    expect(seen.findLast(({ isKey }) => isKey)?.width).toBe(LARGE);
  });

  it('are not encoded while nobody watches, and are there at once for who comes then', async () => {
    const { media, viewer, seen } = await stage();
    await until(() => seen.length > 5, 'it is seen');
    const trackId = viewer.consumer.producerId;
    for (const part of opened.splice(1).reverse()) await part.close();
    await until(() => media.video?.stats.layers.length === 0, 'nobody wants it');
    const pictures = media.video?.stats.pictures ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 2 * DEAD_AFTER_MS));
    expect(media.video?.stats.pictures).toBeLessThanOrEqual(pictures + 1);
    const peer = router.openPeer();
    opened.push(peer);
    const { transportId } = await peer.createTransport('receive');
    const { consumerId } = await peer.consume({ transportId, trackId, rtpCapabilities: router.rtpCapabilities });
    await peer.setConsumerPaused(consumerId, false);
    const again = await Viewer.open(trackId, 'VP8');
    await until(() => again.seen.length > 0, 'pictures come');
    expect(again.seen[0]?.isKey).toBe(true);
  });
});
