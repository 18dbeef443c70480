import { setTimeout as sleep } from 'node:timers/promises';
import type { TextToSpeech, Voice } from '../../server/inference/textToSpeech.types.ts';
import { Resampler } from '../../server/media/files/resampler.ts';
import { PCM_RATE } from '../../server/media/pcmChunk.ts';
import type { Arrival } from './playout.ts';

/** A feed lets its voice run so far ahead of what is heard. */
const AHEAD_MS = 1000;

export interface Take {
  /** From the text to the first chunk of sound, opening the sequence included. */
  readonly firstAudioMs: number;
  /** From the text to the last chunk. */
  readonly tookMs: number;
  readonly soundMs: number;
  readonly arrivals: readonly Arrival[];
  /** Mono, 16 kHz. */
  readonly pcm: Int16Array;
}

export interface SpeakOptions {
  readonly textToSpeech: TextToSpeech;
  readonly voice: Voice;
  readonly text: string;
  /** Read as a feed does that plays it; else as fast as it comes. */
  readonly inRealTime?: boolean;
}

/** One text through one voice. @throws TritoneError */
export async function speak({ textToSpeech, voice, text, inRealTime = false }: SpeakOptions): Promise<Take> {
  const startedAtMs = performance.now();
  await using synthesis = await textToSpeech.open({ language: voice.language, voice: voice.id });
  void synthesis.write(text).then(() => synthesis.end());
  const arrivals: Arrival[] = [];
  const pieces: Float32Array[] = [];
  let rate = PCM_RATE;
  let soundMs = 0;
  for await (const { pcm, sampleRate } of synthesis.chunks) {
    const durationMs = (pcm.length * 1000) / sampleRate;
    arrivals.push({ atMs: performance.now(), durationMs });
    pieces.push(Float32Array.from(pcm));
    rate = sampleRate;
    soundMs += durationMs;
    const aheadMs = (arrivals[0]?.atMs ?? 0) + soundMs - performance.now();
    if (inRealTime && aheadMs > AHEAD_MS) await sleep(aheadMs - AHEAD_MS);
  }
  return {
    firstAudioMs: (arrivals[0]?.atMs ?? Number.NaN) - startedAtMs,
    tookMs: (arrivals.at(-1)?.atMs ?? Number.NaN) - startedAtMs,
    soundMs,
    arrivals,
    pcm: toRecogniserRate(pieces, rate),
  };
}

function toRecogniserRate(pieces: readonly Float32Array[], rate: number): Int16Array {
  const resampler = new Resampler(rate, PCM_RATE);
  const samples = [...pieces.map((piece) => resampler.push(piece)), resampler.end()].flatMap((piece) => [...piece]);
  return Int16Array.from(samples, (sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample))));
}
