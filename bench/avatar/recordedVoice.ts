import { VoiceSoundConverter } from '../../server/features/voices/voiceSound.ts';
import type { SynthesisChunk, TextToSpeech } from '../../server/inference/textToSpeech.types.ts';
import type { Viseme } from '../../server/inference/visemes.ts';

/** One text as a voice has said it, to be said again in the same way. */
export interface RecordedVoice {
  readonly chunks: readonly SynthesisChunk[];
  /** Mono, 16 kHz. */
  readonly pcm: Int16Array;
  /** In its samples. */
  readonly visemes: readonly Viseme[];
}

export async function recordVoice(textToSpeech: TextToSpeech, voice: string, text: string): Promise<RecordedVoice> {
  await using synthesis = await textToSpeech.open({ language: 'en', voice });
  void synthesis.write(text).then(() => synthesis.end());
  const chunks: SynthesisChunk[] = [];
  for await (const chunk of synthesis.chunks) chunks.push(chunk);
  const converter = new VoiceSoundConverter();
  const sounds = [...chunks.map((chunk) => converter.convert(chunk)), converter.end()];
  const pcm = new Int16Array(sounds.reduce((sum, { lipPcm }) => sum + lipPcm.length, 0));
  let at = 0;
  for (const { lipPcm } of sounds) {
    pcm.set(lipPcm, at);
    at += lipPcm.length;
  }
  return { chunks, pcm, visemes: sounds.flatMap(({ visemes }) => visemes) };
}

/** The same shapes at each other's times, in an order that `seed` decides. */
export function shuffled(chunks: readonly SynthesisChunk[], seed: number): SynthesisChunk[] {
  const names = chunks.flatMap(({ visemes }) => visemes.map(({ viseme }) => viseme));
  let state = seed;
  for (let last = names.length - 1; last > 0; last -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes' generator
    const other = Math.floor((state / 2 ** 32) * (last + 1));
    [names[last], names[other]] = [names[other] ?? 'sil', names[last] ?? 'sil'];
  }
  let next = 0;
  return chunks.map((chunk) => ({
    ...chunk,
    visemes: chunk.visemes.map((viseme) => ({ ...viseme, viseme: names[next++] ?? 'sil' })),
  }));
}
