import { afterEach, describe, expect, it } from 'vitest';
import { type Face, SyntheticMedia } from '../../../server/media/feed/syntheticMedia.ts';
import { AUDIO_LEVEL_ID } from '../../../server/media/feed/trackParameters.ts';
import { ntpToMs } from '../../../server/media/rtp/ntp.ts';
import { parseRtp, readExtension } from '../../../server/media/rtp/rtpPacket.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { noMetrics } from '../../../server/streams/metrics.ts';
import { type DirectMediaDouble, MediaRouterDouble } from '../../fixtures/mediaRouterDouble.ts';
import { scriptedPictures, stillFace } from '../../fixtures/scriptedPictures.ts';
import { VirtualClock } from '../../fixtures/virtualClock.ts';

const EPOCH_1970_MS = 2_208_988_800_000;
const open: SyntheticMedia[] = [];
afterEach(async () => {
  for (const media of open.splice(0)) await media.close();
});

async function stage(face?: Face) {
  const virtual = new VirtualClock();
  const router = new MediaRouterDouble();
  const { seen, openPictureEncoder } = scriptedPictures();
  const media = await SyntheticMedia.open({
    router: router.asMediaRouter(),
    face,
    openPictureEncoder,
    clock: virtual,
    log: silentLog,
    metrics: noMetrics,
  });
  open.push(media);
  return { media, virtual, router, seen, direct: router.direct[0] as DirectMediaDouble };
}

/** Ssrcs of a track's encodings. */
const ssrcsOf = ({ published }: DirectMediaDouble, kind: 'audio' | 'video') =>
  published.find((track) => track.kind === kind)?.rtpParameters.encodings?.map(({ ssrc }) => ssrc ?? 0) ?? [];

const packetsOf = ({ sent }: DirectMediaDouble, ssrc: number | undefined) =>
  sent.flatMap(({ datagram }) => parseRtp(datagram) ?? []).filter((packet) => packet.ssrc === ssrc);

const reportsOf = ({ reports }: DirectMediaDouble, ssrc: number | undefined) =>
  reports
    .filter((report) => report.readUInt32BE(4) === ssrc)
    .map((report) => ({
      wallMs: ntpToMs(report.readUInt32BE(8), report.readUInt32BE(12)) - EPOCH_1970_MS,
      timestamp: report.readUInt32BE(16),
      cname: report.subarray(38, 38 + (report[37] ?? 0)).toString(),
    }));

describe('SyntheticMedia', () => {
  it('publishes a microphone without a face, and a camera of two layers with one', async () => {
    const voice = await stage();
    expect(voice.media.tracks.map(({ kind, source }) => [kind, source])).toEqual([['audio', 'microphone']]);
    expect(voice.media.video).toBeUndefined();
    const avatar = await stage(stillFace());
    expect(avatar.media.tracks.map(({ source }) => source)).toEqual(['microphone', 'camera']);
    expect(avatar.media.tracks.map(({ trackId }) => trackId)).toEqual([
      avatar.media.audio.trackId,
      avatar.media.video?.trackId,
    ]);
    expect(ssrcsOf(avatar.direct, 'video')).toHaveLength(2);
  });

  it('never lets 20 ms pass without a packet, spoken or not: sequence and timestamps have no hole', async () => {
    const { media, virtual, direct } = await stage();
    await virtual.advance(1_000);
    const utterance = media.audio.begin('u');
    await utterance.write(new Int16Array(24_000).fill(5_000));
    void utterance.end();
    await virtual.advance(2_000);
    const packets = packetsOf(direct, ssrcsOf(direct, 'audio')[0]);
    expect(packets.length).toBe(151);
    const [first] = packets;
    expect(packets.map(({ sequence }) => (sequence - (first?.sequence ?? 0)) & 0xffff)).toEqual(
      packets.map((_, at) => at),
    );
    expect(packets.map(({ timestamp }) => (timestamp - (first?.timestamp ?? 0)) >>> 0)).toEqual(
      packets.map((_, at) => at * 960),
    );
  });

  it('says in each packet how loud it is and whether it is voice', async () => {
    const { media, virtual, direct } = await stage();
    await virtual.advance(20);
    const utterance = media.audio.begin('u');
    await utterance.write(new Int16Array(960).fill(3_277));
    void utterance.end();
    await virtual.advance(20);
    const levels = packetsOf(direct, ssrcsOf(direct, 'audio')[0]).map(
      (packet) => readExtension(packet, AUDIO_LEVEL_ID)?.[0],
    );
    expect(levels).toEqual([127, 127, 0x80 | 20]);
  });

  it('resolves an utterance at the instant at which its last sound leaves', async () => {
    const { media, virtual } = await stage();
    const utterance = media.audio.begin('u');
    await utterance.write(new Int16Array(48_000));
    let endedMs = 0;
    const ended = utterance.end().then((outcome) => {
      endedMs = virtual.nowMs();
      return outcome;
    });
    await virtual.advance(3_000);
    await expect(ended).resolves.toEqual({ playedSamples: 48_000, cut: false });
    expect(endedMs).toBe(980);
  });

  it('asks for a picture every 40 ms with the sound of that very instant, and stamps both alike', async () => {
    const { media, virtual, seen, direct } = await stage(stillFace());
    await virtual.advance(60);
    const utterance = media.audio.begin('u');
    await utterance.write(new Int16Array(9_600).fill(1_000));
    void utterance.end();
    await virtual.advance(300);
    expect(seen.ticks.map(({ index, mediaMs }) => [index, mediaMs])).toEqual(seen.ticks.map((_, at) => [at, at * 40]));
    const heard = seen.ticks.filter(({ sound }) => sound !== undefined);
    expect(heard.map(({ mediaMs, sound }) => [mediaMs, sound?.playedSamples])).toEqual([
      [80, 0],
      [120, 1920],
      [160, 3840],
      [200, 5760],
      [240, 7680],
    ]);
    const [sound] = reportsOf(direct, ssrcsOf(direct, 'audio')[0]);
    for (const ssrc of ssrcsOf(direct, 'video')) {
      const [picture] = reportsOf(direct, ssrc);
      const packets = packetsOf(direct, ssrc);
      expect(packets.map(({ marker }) => marker)).toEqual(packets.map((_, at) => at % 2 === 1));
      const shownMs = packets.map(({ timestamp }) => ((timestamp - (picture?.timestamp ?? 0)) | 0) / 90);
      expect(shownMs).toEqual(packets.map((_, at) => Math.floor(at / 2) * 40));
      expect(picture?.wallMs).toBeCloseTo(sound?.wallMs ?? 0, 3);
    }
  });

  it('reports to viewers three times at once, then every second, for each stream, under one name', async () => {
    const { virtual, direct } = await stage(stillFace());
    await virtual.advance(10);
    const ssrcs = [...ssrcsOf(direct, 'audio'), ...ssrcsOf(direct, 'video')];
    expect(ssrcs.map((ssrc) => reportsOf(direct, ssrc).length)).toEqual([3, 3, 3]);
    await virtual.advance(10_000);
    expect(ssrcs.map((ssrc) => reportsOf(direct, ssrc).length)).toEqual([13, 13, 13]);
    const names = new Set(ssrcs.flatMap((ssrc) => reportsOf(direct, ssrc).map(({ cname }) => cname)));
    expect(names).toEqual(new Set(direct.published.map(({ rtpParameters }) => rtpParameters.rtcp?.cname)));
    expect(names.size).toBe(1);
  });

  it('maps timestamps to one wall clock in every report, to a fraction of a millisecond', async () => {
    const { virtual, direct } = await stage(stillFace());
    await virtual.advance(60_000);
    const rates: [number, number][] = [
      ...ssrcsOf(direct, 'audio').map((ssrc): [number, number] => [ssrc, 48]),
      ...ssrcsOf(direct, 'video').map((ssrc): [number, number] => [ssrc, 90]),
    ];
    for (const [ssrc, ticksAMs] of rates) {
      const first = packetsOf(direct, ssrc)[0]?.timestamp ?? 0;
      for (const { wallMs, timestamp } of reportsOf(direct, ssrc)) {
        const mediaMs = ((timestamp - first) >>> 0) / ticksAMs;
        expect(Math.abs(wallMs - (1_700_000_000_000 + mediaMs))).toBeLessThan(0.1);
      }
    }
  });

  it('hands a request for a key frame to the layer that it names', async () => {
    const { seen, direct } = await stage(stillFace());
    const [small, large] = ssrcsOf(direct, 'video');
    const pli = (ssrc: number) => {
      const packet = Buffer.from([0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0]);
      packet.writeUInt32BE(ssrc, 8);
      return packet;
    };
    direct.events.emit('rtcp', pli(large ?? 0));
    direct.events.emit('rtcp', pli(ssrcsOf(direct, 'audio')[0] ?? 0));
    direct.events.emit('rtcp', pli(small ?? 0));
    expect(seen.keyFrames).toEqual([1, 0]);
  });

  it('encodes the layers that viewers want, and none without a router', async () => {
    const { media, seen, direct } = await stage(stillFace());
    direct.events.emit('layersWanted', 't', [0, 1]);
    media.suspend();
    expect(seen.wanted.slice(-2)).toEqual([[0, 1], []]);
  });

  it('outlives its router: the voice waits where it was and goes on, in step, on the next', async () => {
    const { media, virtual, direct } = await stage(stillFace());
    const utterance = media.audio.begin('u');
    await utterance.write(new Int16Array(48_000).fill(1_000));
    void utterance.end();
    await virtual.advance(199);
    media.suspend();
    expect(media.tracks).toEqual([]);
    expect(direct.closed).toBe(true);
    await virtual.advance(2_000);
    expect(utterance.playedSamples).toBe(9_600);
    const next = new MediaRouterDouble();
    await media.moveTo(next.asMediaRouter());
    await virtual.advance(801);
    expect(utterance.playedSamples).toBe(48_000);
    const [other] = next.direct;
    expect(media.audio.trackId).toBe(other?.published[0]?.trackId);
    expect(other && ssrcsOf(other, 'audio').map((ssrc) => reportsOf(other, ssrc).length)).toEqual([4]);
    expect(packetsOf(direct, ssrcsOf(direct, 'audio')[0])).toHaveLength(10);
  });

  it('lets a router go that was replaced before it could be used', async () => {
    const { media } = await stage();
    const [slow, fast] = [new MediaRouterDouble(), new MediaRouterDouble()];
    let letGo = () => {};
    slow.beforeDirect = () =>
      new Promise((resolve) => {
        letGo = resolve;
      });
    const moved = media.moveTo(slow.asMediaRouter());
    await media.moveTo(fast.asMediaRouter());
    letGo();
    await moved;
    expect(slow.direct.map(({ closed }) => closed)).toEqual([true]);
    expect(media.tracks.map(({ trackId }) => trackId)).toEqual(fast.direct[0]?.published.map(({ trackId }) => trackId));
  });

  it('ends its tracks and what is being said when it closes, once', async () => {
    const { media, virtual, seen, direct } = await stage(stillFace());
    const utterance = media.audio.begin('u');
    await utterance.write(new Int16Array(48_000));
    await virtual.advance(100);
    const ended = utterance.end();
    await Promise.all([media.close(), media.close()]);
    await expect(ended).resolves.toMatchObject({ cut: true });
    expect([direct.closed, seen.closed]).toEqual([true, 1]);
    const sent = direct.sent.length;
    await virtual.advance(1_000);
    expect(direct.sent).toHaveLength(sent);
  });
});
