import { afterEach, describe, expect, it } from 'vitest';
import type { ClipFrames, PictureOverlay, PictureSource } from '../../../server/media/feed/feed.types.ts';
import {
  MAX_PAYLOAD_BYTES,
  type PictureEncoder,
  type PictureEncoderOptions,
  type VideoCodec,
} from '../../../server/media/feed/pictureEncoder.types.ts';
import { Compositor } from '../../../server/media/feed/video/compositor.ts';
import { halveFrame } from '../../../server/media/feed/video/halfFrame.ts';
import { PictureThreads, type PictureThreadsOptions } from '../../../server/media/feed/video/pictureThreads.ts';
import { systemClock } from '../../../server/streams/clock.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { type Metrics, noMetrics } from '../../../server/streams/metrics.ts';
import { depacketise, isKeyPicture, movingClip, PictureDecoder, psnr } from '../../fixtures/encodedPictures.ts';
import { VirtualClock } from '../../fixtures/virtualClock.ts';

const SMALL = 0;
const LARGE = 1;
const codecs = ['VP8', 'H264'] as const;

interface SentPicture {
  readonly payloads: readonly Uint8Array[];
  readonly mediaMs: number;
}

const threads: PictureThreads[] = [];
afterEach(async () => {
  for (const each of threads.splice(0)) await each.close();
});

function openThreads(options: Partial<PictureThreadsOptions> = {}): PictureThreads {
  const opened = new PictureThreads({ clock: systemClock, ...options });
  threads.push(opened);
  return opened;
}

interface StageOptions {
  readonly codec?: VideoCodec;
  readonly clip?: ClipFrames;
  readonly pictures?: PictureSource;
  readonly from?: PictureThreads;
  readonly metrics?: Metrics;
}

/** A feed, what it sent in each layer, and a clock that waits for each picture. */
async function stage({ codec = 'VP8', clip = movingClip(128), pictures, from, metrics }: StageOptions = {}) {
  const sent: SentPicture[][] = [[], []];
  const output = (layer: number) => ({
    send: (payloads: readonly Uint8Array[], mediaMs: number) => void sent[layer]?.push({ payloads, mediaMs }),
  });
  const options: PictureEncoderOptions = {
    codec,
    clip,
    pictures: pictures ?? { pictureAt: ({ index }) => ({ base: index % clip.count }) },
    layers: [
      { size: clip.size / 2, output: output(SMALL) },
      { size: clip.size, output: output(LARGE) },
    ],
    clock: systemClock,
    log: silentLog,
    metrics: metrics ?? noMetrics,
  };
  const encoder = await (from ?? openThreads()).open(options);
  let index = 0;
  const tick = () => {
    encoder.tick({ index, mediaMs: index * 40, sound: undefined });
    index += 1;
  };
  const show = async (count: number) => {
    for (let shown = 0; shown < count; shown++) {
      const before = settled(encoder);
      tick();
      await expect.poll(() => settled(encoder), { interval: 1, timeout: 20_000 }).toBeGreaterThan(before);
    }
  };
  const framesOf = (layer: number) => (sent[layer] ?? []).map(({ payloads }) => depacketise(codec, payloads));
  const keysOf = (layer: number) => framesOf(layer).map((frame) => isKeyPicture(codec, frame));
  return { encoder, sent, tick, show, framesOf, keysOf };
}

const settled = ({ stats }: PictureEncoder) => stats.pictures + stats.late;

const patch: PictureOverlay = {
  width: 40,
  height: 30,
  rgba: Uint8Array.from({ length: 40 * 30 * 4 }, (_, at) => [220, 90, 80, 255][at % 4] ?? 0),
  affine: Float32Array.of(1, 0, 44, 0, 1, 70),
};

describe('PictureThreads', () => {
  it.each(codecs)('%s: every layer decodes to the picture that was composed', async (codec) => {
    const clip = movingClip(256);
    const pictures = { pictureAt: ({ index }: { index: number }) => ({ base: index, overlay: patch }) };
    const { encoder, show, framesOf } = await stage({ codec, clip, pictures });
    encoder.want([SMALL, LARGE]);
    await show(clip.count);
    const decoders = [new PictureDecoder(codec), new PictureDecoder(codec)];
    const bytes = (256 * 256 * 3) / 2;
    for (let index = 0; index < clip.count; index++) {
      const whole = Uint8Array.from(new Uint8Array(clip.frames, index * bytes, bytes));
      new Compositor(256).compose(whole, patch);
      const half = new Uint8Array(bytes / 4);
      halveFrame(whole, 256, half);
      for (const [layer, expected] of [half, whole].entries()) {
        const size = [128, 256][layer] ?? 0;
        const decoded = decoders[layer]?.decode(framesOf(layer)[index] ?? Buffer.alloc(0));
        expect(decoded?.width).toBe(size);
        // A disc that jumps this far blurs at so few bits; the picture before or after has less than 23.
        expect(psnr(decoded?.i420 ?? Buffer.alloc(0), expected, size)).toBeGreaterThan(26);
      }
    }
    for (const decoder of decoders) decoder.close();
  });

  it.each(codecs)('%s: payloads fit into a packet, and both layers carry the same media time', async (codec) => {
    const { encoder, show, sent } = await stage({ codec, clip: movingClip(512, 3) });
    encoder.want([SMALL, LARGE]);
    await show(10);
    for (const layer of sent) {
      expect(layer.map(({ mediaMs }) => mediaMs)).toEqual([0, 40, 80, 120, 160, 200, 240, 280, 320, 360]);
      for (const { payloads } of layer) {
        expect(payloads.length).toBeGreaterThan(0);
        expect(Math.max(...payloads.map(({ length }) => length))).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
      }
    }
  });

  it.each(codecs)('%s: a layer begins with a key frame, and has another only when asked', async (codec) => {
    const { encoder, show, keysOf } = await stage({ codec });
    encoder.want([SMALL]);
    await show(4);
    encoder.requestKeyFrame(SMALL);
    encoder.requestKeyFrame(LARGE); // which nobody sees
    await show(3);
    expect(keysOf(SMALL)).toEqual([true, false, false, false, true, false, false]);
    encoder.want([SMALL, LARGE]);
    await show(2);
    expect(keysOf(LARGE)).toEqual([true, false]);
    expect(keysOf(SMALL).slice(7)).toEqual([false, false]);
  });

  it('encodes no layer that nobody takes, and begins anew with a key frame when one is wanted again', async () => {
    const { encoder, show, tick, sent, keysOf } = await stage();
    tick();
    expect(encoder.stats).toEqual({ pictures: 0, late: 0, layers: [] });
    encoder.want([LARGE, SMALL]);
    expect(encoder.stats.layers).toEqual([64, 128]);
    await show(2);
    encoder.want([SMALL]);
    await show(3);
    expect(sent.map(({ length }) => length)).toEqual([5, 2]);
    encoder.want([SMALL, LARGE]);
    await show(2);
    expect(keysOf(LARGE)).toEqual([true, false, true, false]);
    encoder.want([]);
    tick();
    encoder.want([SMALL]);
    await show(1);
    expect(keysOf(SMALL).at(-1)).toBe(true);
  });

  it('asks for the picture of every tick, watched or not, with what it was told of the sound', async () => {
    const asked: unknown[] = [];
    const pictures: PictureSource = {
      pictureAt: (request) => {
        asked.push(request);
        return { base: 0 };
      },
    };
    const { encoder } = await stage({ pictures });
    encoder.tick({ index: 4, mediaMs: 160, sound: { utteranceId: 'u', playedSamples: 9 } });
    encoder.tick({ index: 6, mediaMs: 240, sound: undefined });
    expect(asked).toEqual([
      { index: 4, sound: { utteranceId: 'u', playedSamples: 9 } },
      { index: 6, sound: undefined },
    ]);
  });

  it('keeps the latest picture while one is at work, drops and counts the older', async () => {
    const { encoder, tick, sent } = await stage();
    encoder.want([SMALL]);
    for (let due = 0; due < 5; due++) tick();
    await expect.poll(() => encoder.stats.pictures).toBe(2);
    expect(encoder.stats.late).toBe(3);
    expect(sent[SMALL]?.map(({ mediaMs }) => mediaMs)).toEqual([0, 160]);
  });

  it('shows the base alone where an overlay makes no sense', async () => {
    const clip = movingClip(128, 1);
    const misfit = { ...patch, rgba: new Uint8Array(7) };
    const { encoder, show, framesOf } = await stage({
      clip,
      pictures: { pictureAt: () => ({ base: -3, overlay: misfit }) },
    });
    encoder.want([LARGE]);
    await show(3);
    const decoder = new PictureDecoder('VP8');
    const decoded = framesOf(LARGE).map((frame) => decoder.decode(frame).i420);
    decoder.close();
    expect(psnr(decoded[2] ?? Buffer.alloc(0), new Uint8Array(clip.frames), 128)).toBeGreaterThan(28);
  });

  it('spreads feeds over its threads and ends those that are left', async () => {
    const from = openThreads({ limit: 2 });
    const feeds = [await stage({ from }), await stage({ from }), await stage({ from })];
    expect(from.count).toBe(2);
    for (const { encoder, show } of feeds) {
      encoder.want([SMALL, LARGE]);
      await show(2);
    }
    for (const { encoder } of feeds) await encoder.close();
    expect(from.count).toBe(0);
  });

  it('sends nothing once it is closed, twice or not, and opens nothing then', async () => {
    const from = openThreads();
    const { encoder, show, tick, sent } = await stage({ from });
    encoder.want([SMALL]);
    await show(1);
    tick();
    await encoder.close();
    await encoder.close();
    tick();
    await from.close();
    await from.close();
    expect(sent[SMALL]?.length).toBe(1);
    await expect(stage({ from })).rejects.toMatchObject({ code: 'media.unavailable' });
  });

  it('costs its caller a fraction of what the thread does', async () => {
    let threadMs = 0;
    const observe = (ms: number) => {
      threadMs += ms;
    };
    const metrics = { ...noMetrics, histogram: () => ({ observe }) };
    const { encoder, show, tick } = await stage({ clip: movingClip(512, 5), metrics });
    encoder.want([SMALL, LARGE]);
    await show(50);
    const startedAtMs = performance.now();
    tick();
    const callerMs = performance.now() - startedAtMs;
    expect(encoder.stats.pictures).toBe(50);
    expect(callerMs).toBeLessThan(threadMs / 50 / 2);
  });
});

/** A thread of a few words in the place of the real one: it says what it is told to, or dies of it. */
function threadOf(script: string): URL {
  return new URL(
    `data:text/javascript,${encodeURIComponent(`
      import { parentPort as port } from 'node:worker_threads';
      const picture = (feedId) => port.postMessage({ type: 'picture', feedId, isComposed: true, composeMs: 0, encodeMs: 0,
        layers: [{ layer: 0, isKey: true, bytes: new Uint8Array([16, 1]), lengths: [2] }] });
      ${script}`)}`,
  );
}

describe('PictureThreads when a thread fails', () => {
  it('opens nothing where it does not start', async () => {
    const from = openThreads({ thread: threadOf(`throw new Error('no FFmpeg here')`) });
    await expect(stage({ from })).rejects.toMatchObject({ code: 'media.unavailable' });
    expect(from.count).toBe(0);
  });

  it('goes on in another thread, and asks for key frames there', async () => {
    const orders = new BroadcastChannel('orders');
    const seen: { base: number; layers: unknown }[] = [];
    orders.onmessage = (event) => void seen.push((event as MessageEvent).data);
    const from = openThreads({
      thread: threadOf(`
        const orders = new BroadcastChannel('orders');
        port.on('message', (order) => {
          if (order.type === 'end') { orders.close(); port.close(); }
          if (order.type !== 'picture') return;
          orders.postMessage({ base: order.base, layers: order.layers });
          if (order.base === 2) process.exit(1);
          picture(order.feedId);
        });
        port.postMessage({ type: 'ready' });`),
    });
    const { encoder, show, tick } = await stage({ from });
    encoder.want([SMALL]);
    await show(2);
    tick(); // of which it dies
    await expect.poll(() => from.count).toBe(0);
    tick(); // nobody is there
    expect(encoder.stats.late).toBe(1);
    await expect.poll(() => from.count).toBe(1);
    await expect
      .poll(() => {
        tick();
        return encoder.stats.pictures;
      })
      .toBeGreaterThan(2);
    await expect.poll(() => seen.find(({ base }) => base > 3)?.layers).toEqual([{ layer: 0, asKey: true }]);
    orders.close();
  });

  it('leaves a thread that is silent for 5 s', async () => {
    const clock = new VirtualClock();
    const from = openThreads({
      clock,
      thread: threadOf(`port.on('message', () => {}); port.postMessage({ type: 'ready' });`),
    });
    const opened = from.open({
      codec: 'VP8',
      clip: movingClip(64, 1),
      pictures: { pictureAt: () => ({ base: 0 }) },
      layers: [{ size: 64, output: { send: () => {} } }],
      clock,
      log: silentLog,
      metrics: noMetrics,
    });
    const encoder = await opened;
    encoder.want([0]);
    const tick = () => encoder.tick({ index: 0, mediaMs: 0, sound: undefined });
    tick();
    await clock.advance(4900);
    tick();
    expect(from.count).toBe(1);
    await clock.advance(200);
    tick();
    expect(from.count).toBe(0);
  });

  it('says once that pictures fail, counts each as late and begins anew', async () => {
    const from = openThreads({
      thread: threadOf(`
        port.on('message', (order) => {
          if (order.type === 'end') port.close();
          if (order.type !== 'picture') return;
          if (order.base < 2) port.postMessage({ type: 'failed', feedId: order.feedId, problem: 'out of paint' });
          else picture(order.feedId);
        });
        port.postMessage({ type: 'ready' });`),
    });
    const { encoder, show } = await stage({ from });
    encoder.want([SMALL]);
    await show(4);
    expect(encoder.stats).toEqual({ pictures: 2, late: 2, layers: [64] });
  });
});
