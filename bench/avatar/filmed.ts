import type { types } from 'mediasoup';
import { LiveOpusDecoder } from '../../server/media/codecs/liveOpusDecoder.ts';
import { PCM_RATE } from '../../server/media/pcmChunk.ts';
import type { MediaRouter } from '../../server/sfu/mediaRouter.types.ts';
import { depacketise, isKeyPicture } from '../../test/fixtures/encodedPictures.ts';
import { UdpViewer } from '../../test/fixtures/udpViewer.ts';

const SOUND_RATE = 48_000;
const PICTURE_RATE = 90_000;

/** What a viewer got of one speaking avatar, on the sender's clock. */
export interface Film {
  /** VP8 in IVF, from the first key frame of the large layer on; time 0 is `startMs`. */
  readonly ivf: Buffer;
  readonly startMs: number;
  /** What was heard, mono, 16 kHz; its first sample at `soundStartMs`. */
  readonly sound: Int16Array;
  readonly soundStartMs: number;
}

/** A viewer on plain UDP, and a guest whose wish makes the pictures be encoded. */
export class Camera implements Disposable {
  readonly #viewer: UdpViewer;
  readonly #guest: { close(): void };
  readonly #sound: types.Consumer;
  readonly #picture: types.Consumer;

  static async open(router: MediaRouter, soundTrackId: string, pictureTrackId: string): Promise<Camera> {
    const viewer = await UdpViewer.open(router);
    const guest = router.openPeer();
    const { transportId } = await guest.createTransport('receive');
    const { rtpCapabilities } = router;
    const { consumerId } = await guest.consume({ transportId, trackId: pictureTrackId, rtpCapabilities });
    await guest.setConsumerPaused(consumerId, false);
    const sound = await viewer.consume(soundTrackId);
    const picture = await viewer.consume(pictureTrackId);
    await picture.requestKeyFrame();
    return new Camera(viewer, guest, sound, picture);
  }

  private constructor(viewer: UdpViewer, guest: { close(): void }, sound: types.Consumer, picture: types.Consumer) {
    this.#viewer = viewer;
    this.#guest = guest;
    this.#sound = sound;
    this.#picture = picture;
  }

  /** All of it, from the beginning. `size`: edge of the large layer. */
  develop(size: number): Film {
    const byTime = Map.groupBy(this.#viewer.packetsOf(this.#picture), ({ timestamp }) => timestamp);
    const pictures = [...byTime].map(([timestamp, packets]) => {
      const payloads = packets.map(({ payload }) => payload).filter(({ length }) => length > 0);
      const vp8 = depacketise('VP8', payloads);
      return { atMs: this.#atMs(this.#picture, timestamp, PICTURE_RATE), vp8 };
    });
    const from = pictures.findIndex(({ vp8 }) => isKeyPicture('VP8', vp8) && widthOf(vp8) === size);
    const kept = pictures.slice(from).filter(({ vp8 }) => vp8.length > 0);
    const startMs = kept[0]?.atMs ?? Number.NaN;
    return { ivf: ivfOf(size, kept, startMs), startMs, ...this.#listen() };
  }

  [Symbol.dispose](): void {
    this.#guest.close();
    this.#viewer.close();
  }

  /** Each packet at the place that its timestamp tells. */
  #listen(): Pick<Film, 'sound' | 'soundStartMs'> {
    const packets = this.#viewer.packetsOf(this.#sound);
    const firstTicks = packets[0]?.timestamp ?? 0;
    const placeOf = (timestamp: number) => ((timestamp - firstTicks) | 0) / (SOUND_RATE / PCM_RATE);
    const sound = new Int16Array(placeOf(packets.at(-1)?.timestamp ?? 0) + PCM_RATE);
    const decoder = new LiveOpusDecoder();
    for (const { timestamp, payload } of packets) {
      const place = placeOf(timestamp);
      if (place >= 0) sound.set(decoder.decode(payload) ?? [], place);
    }
    decoder.close();
    return { sound, soundStartMs: this.#atMs(this.#sound, firstTicks, SOUND_RATE) };
  }

  #atMs(consumer: types.Consumer, timestamp: number, rate: number): number {
    const report = this.#viewer.reportsOf(consumer).at(-1);
    if (report === undefined) return Number.NaN;
    return report.ntpMs + (((timestamp - report.rtpTimestamp) | 0) * 1000) / rate;
  }
}

/** Of a key frame (RFC 6386 §9.1). */
function widthOf(vp8: Buffer): number {
  return vp8.length < 10 ? 0 : vp8.readUInt16LE(6) & 0x3fff;
}

/** IVF, time in ms: https://wiki.multimedia.cx/index.php/Duck_IVF */
function ivfOf(size: number, pictures: readonly { atMs: number; vp8: Buffer }[], startMs: number): Buffer {
  const header = Buffer.alloc(32);
  header.write('DKIF', 0);
  header.writeUInt16LE(32, 6);
  header.write('VP80', 8);
  header.writeUInt16LE(size, 12);
  header.writeUInt16LE(size, 14);
  header.writeUInt32LE(1000, 16);
  header.writeUInt32LE(1, 20);
  header.writeUInt32LE(pictures.length, 24);
  const frames = pictures.flatMap(({ atMs, vp8 }) => {
    const head = Buffer.alloc(12);
    head.writeUInt32LE(vp8.length, 0);
    head.writeBigUInt64LE(BigInt(Math.max(0, Math.round(atMs - startMs))), 4);
    return [head, vp8];
  });
  return Buffer.concat([header, ...frames]);
}
