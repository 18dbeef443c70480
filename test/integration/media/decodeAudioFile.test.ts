import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { decodeAudioFile } from '../../../server/media/files/decodeAudioFile.ts';
import { encodeOpus } from '../../fixtures/opusPackets.ts';
import { oggFile, wavFile, webmFile } from '../../fixtures/soundFiles.ts';
import { VirtualClock } from '../../fixtures/virtualClock.ts';

const RATE = 16_000;
const tone = (seconds: number) => ({
  pcm: Int16Array.from({ length: seconds * RATE }, (_, at) => 8000 * Math.sin(at / 7)),
  sampleRate: RATE,
});
const { signal } = new AbortController();

async function* pieces(file: Uint8Array, seen: { bytes: number } = { bytes: 0 }): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += 16_384) {
    const piece = file.subarray(at, at + 16_384);
    seen.bytes += piece.length;
    yield piece;
  }
}

async function lengthOf(decoded: AsyncIterable<Int16Array>): Promise<number> {
  let samples = 0;
  for await (const piece of decoded) samples += piece.length;
  return samples;
}

/** A decoder of a few words; `port` is its side. */
function threadOf(script: string): URL {
  return new URL(`data:text/javascript,import { parentPort as port } from 'node:worker_threads'; ${script}`);
}

describe('decodeAudioFile', () => {
  it('reads a path or a stream in a thread, in pieces of half a second at most', async () => {
    const file = path.join(tmpdir(), `tritone-decode-${process.pid}.wav`);
    await writeFile(file, wavFile(tone(3)));
    for (const source of [file, pieces(oggFile(encodeOpus(tone(3)), { preSkip: 0 }))]) {
      let samples = 0;
      for await (const piece of decodeAudioFile(source, { signal })) {
        expect(piece.length).toBeLessThanOrEqual(RATE / 2);
        samples += piece.length;
      }
      expect(samples).toBe(3 * RATE);
    }
  });

  it('reads a WebM file that is longer than what may wait on either side', async () => {
    const noise = { ...tone(30), pcm: Int16Array.from(tone(30).pcm, (sample, at) => sample * Math.sin(at * at)) };
    const file = webmFile(encodeOpus(noise));
    expect(file.length).toBeGreaterThan(8 * 16_384);
    expect(await lengthOf(decodeAudioFile(pieces(file), { signal }))).toBeGreaterThan(29 * RATE);
  });

  it('says that a file is no audio', async () => {
    for (const text of ['', 'Dear Sir or Madam', 'RIFF????WAVEfmt ']) {
      await expect(lengthOf(decodeAudioFile(pieces(Buffer.from(text)), { signal }))).rejects.toMatchObject({
        code: 'transcription.not_audio',
      });
    }
  });

  it('reads no further than a few seconds ahead of its reader, and stops with it', async () => {
    const seen = { bytes: 0 };
    const decoded = decodeAudioFile(pieces(wavFile(tone(60)), seen), { signal });
    for (let piece = 0; piece < 4; piece += 1) await decoded.next();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(seen.bytes).toBeLessThan(5 * RATE * 2);
    await decoded.return();
    expect(await decoded.next()).toEqual({ done: true, value: undefined });
  });

  it('ends with its owner’s signal, and passes the source’s own failure on', async () => {
    const owner = new AbortController();
    const decoded = decodeAudioFile(pieces(wavFile(tone(60))), { signal: owner.signal });
    await decoded.next();
    owner.abort(new Error('no longer wanted'));
    await expect(lengthOf(decoded)).rejects.toThrow('no longer wanted');
    await expect(decodeAudioFile(pieces(wavFile(tone(1))), { signal: owner.signal }).next()).rejects.toThrow();
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield wavFile(tone(5)).subarray(0, 40_000);
      throw new Error('the disk is gone');
    }
    await expect(lengthOf(decodeAudioFile(broken(), { signal }))).rejects.toThrow('the disk is gone');
  });

  it.each([
    ['at its first bytes', `port.postMessage({ type: 'wants' }); port.on('message', () => {});`],
    ['before its first answer', `port.on('message', () => {});`],
    [
      'after its first sound',
      `port.postMessage({ type: 'sound', pcm: new Int16Array(1) }); port.on('message', () => {});`,
    ],
  ])('gives up a decoder that gets stuck %s', async (_when, script) => {
    const clock = new VirtualClock();
    const decoding = lengthOf(decodeAudioFile(pieces(wavFile(tone(1))), { signal, clock, thread: threadOf(script) }));
    let over = false;
    const failed = expect(decoding.finally(() => (over = true))).rejects.toMatchObject({ code: 'internal' });
    while (!over) {
      await clock.advance(5000);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await failed;
  });

  it('gives a slow file and a slow reader their time', async () => {
    const clock = new VirtualClock();
    async function* slowly(): AsyncGenerator<Uint8Array> {
      for await (const piece of pieces(wavFile(tone(3)))) {
        await clock.advance(60_000);
        yield piece;
      }
    }
    let samples = 0;
    for await (const piece of decodeAudioFile(slowly(), { signal, clock })) {
      samples += piece.length;
      await clock.advance(60_000);
    }
    expect(samples).toBe(3 * RATE);
  });

  it.each([
    ['crashes', `throw new Error('a bug')`],
    ['ends by itself', `port.postMessage({ type: 'sound', pcm: new Int16Array(1) });`],
  ])('tells a decoder that %s from a file that is no sound', async (_how, script) => {
    const decoding = lengthOf(decodeAudioFile(pieces(wavFile(tone(1))), { signal, thread: threadOf(script) }));
    await expect(decoding).rejects.toMatchObject({ code: 'internal' });
  });

  it('decodes three minutes beside the media loop, not in it', async () => {
    const file = oggFile(encodeOpus(tone(60)), { preSkip: 0 });
    await lengthOf(decodeAudioFile(pieces(file), { signal })); // code is loaded and warm
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const startedMs = performance.now();
    const { user } = process.threadCpuUsage();
    for (let minute = 0; minute < 3; minute += 1) {
      expect(await lengthOf(decodeAudioFile(pieces(file), { signal }))).toBe(60 * RATE);
    }
    delay.disable();
    const share = (process.threadCpuUsage().user - user) / 1000 / (performance.now() - startedMs);
    console.log(
      `loop delay p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, ${(100 * share).toFixed(0)} % of this thread`,
    );
    expect(share).toBeLessThan(0.3);
  });
});
