import { describe, expect, it } from 'vitest';
import { LiveOpusDecoder } from '../../../server/media/codecs/liveOpusDecoder.ts';
import { hasInbandFec, isDtx, opusDuration } from '../../../server/media/codecs/opusPacket.ts';
import { VoiceEncoder } from '../../../server/media/feed/voiceEncoder.ts';

const FRAME = 960;
const silent = new Int16Array(FRAME);

/** 20 ms out of a hum with a voice's harmonics that swells and sinks three times a second. */
function voiced(index: number): Int16Array {
  return Int16Array.from({ length: FRAME }, (_, at) => {
    const seconds = (index * FRAME + at) / 48_000;
    let sum = 0;
    for (let harmonic = 1; harmonic <= 12; harmonic += 1)
      sum += Math.sin(2 * Math.PI * 140 * harmonic * seconds) / harmonic;
    return 6_000 * sum * (0.6 + 0.4 * Math.sin(2 * Math.PI * 3 * seconds));
  });
}

function decodeAll(payloads: readonly Uint8Array[]): Int16Array {
  const decoder = new LiveOpusDecoder();
  const pcm = payloads.flatMap((payload) => [...(decoder.decode(payload) ?? [])]);
  decoder.close();
  return Int16Array.from(pcm);
}

describe('VoiceEncoder', () => {
  it('writes packets of 20 ms with in-band FEC for what is spoken', () => {
    const encoder = new VoiceEncoder();
    const packets = Array.from({ length: 50 }, (_, index) => encoder.encode(voiced(index)).payload);
    encoder.close();
    expect(packets.every((packet) => opusDuration(packet) === FRAME)).toBe(true);
    expect(packets.slice(5).filter(hasInbandFec).length).toBeGreaterThan(20);
  });

  it('tells how loud each packet is', () => {
    const encoder = new VoiceEncoder();
    const levelOf = (amplitude: number) => encoder.encode(new Int16Array(FRAME).fill(amplitude)).levelDbov;
    expect([0, 32_767, 3_277, 1].map((amplitude) => Math.abs(levelOf(amplitude)))).toEqual([127, 0, 20, 90]);
    encoder.close();
  });

  it('sends one packet again and again in lasting silence, which no receiver takes for a pause of sending', () => {
    const encoder = new VoiceEncoder();
    for (let index = 0; index < 20; index += 1) encoder.encode(voiced(index));
    const quiet = Array.from({ length: 100 }, () => encoder.encode(silent).payload);
    encoder.close();
    expect(new Set(quiet.slice(10)).size).toBe(1);
    expect(quiet.some(isDtx)).toBe(false);
    const heard = decodeAll(quiet);
    expect(Math.max(...heard.subarray(heard.length / 2).map(Math.abs))).toBeLessThan(4);
  });

  it('sounds after a silence as if the encoder had never slept', () => {
    const encoder = new VoiceEncoder();
    const before = Array.from({ length: 50 }, (_, index) => encoder.encode(voiced(index)).payload);
    const quiet = Array.from({ length: 150 }, () => encoder.encode(silent).payload);
    const after = Array.from({ length: 50 }, (_, index) => encoder.encode(voiced(200 + index)).payload);
    encoder.close();
    // What the encoder itself believes to have been sent: each silent packet that it made, once.
    const believed = decodeAll([...before, ...new Set(quiet), ...after]).subarray(-50 * 320);
    const heard = decodeAll([...before, ...quiet, ...after]).subarray(-50 * 320);
    let [signal, difference] = [0, 0];
    for (const [at, sample] of believed.entries()) {
      signal += sample ** 2;
      difference += (sample - (heard[at] ?? 0)) ** 2;
    }
    expect(10 * Math.log10(signal / difference)).toBeGreaterThan(30);
  });
});
