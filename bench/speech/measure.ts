import type { Inference } from '../../server/inference/inference.ts';
import type { Voice } from '../../server/inference/textToSpeech.types.ts';
import { TritoneError } from '../../shared/errors.ts';
import { type Accuracy, accuracyOf } from '../score/accuracy.ts';
import { type Quantiles, quantilesOf } from '../score/quantiles.ts';
import { hear } from './hear.ts';
import { type Playout, playoutOf } from './playout.ts';
import { RECOGNISERS, sentencesOf } from './sentences.ts';
import { speak, type Take } from './speak.ts';

export interface VoiceFigures {
  readonly voice: string;
  readonly language: string;
  /** Of texts of one sentence, ms. */
  readonly firstAudio: Quantiles;
  /** Time that speaking took by the length of what was said, as fast as it comes: less than 1 is faster than real time. */
  readonly realTimeFactor: number;
  /** Of all sentences as one text, read as a feed reads it. */
  readonly playout: Playout & { readonly soundMs: number };
  readonly heard: Heard | undefined;
}

export interface Heard {
  readonly by: string;
  readonly accuracies: readonly Accuracy[];
  readonly sentences: readonly { readonly said: string; readonly heard: string }[];
}

export interface CapacityStep {
  readonly voice: string;
  readonly together: number;
  /** Of the slowest of them. */
  readonly realTimeFactor: number;
  readonly firstAudio: Quantiles;
  /** Of all of them, had each been played from its first sound on. */
  readonly gapMs: number;
}

/** One voice alone: how soon, how fast, how smooth, how clear. @throws TritoneError */
export async function measureVoice(inference: Inference, voice: Voice): Promise<VoiceFigures> {
  const { textToSpeech, speechToText } = inference;
  const sentences = sentencesOf(voice.language);
  const [warmUp = ''] = sentences;
  await speak({ textToSpeech, voice, text: warmUp });
  const takes: Take[] = [];
  for (const text of sentences) takes.push(await speak({ textToSpeech, voice, text }));
  const played = await speak({ textToSpeech, voice, text: sentences.join(' '), inRealTime: true });
  const model = RECOGNISERS[voice.language];
  const heard: { said: string; heard: string }[] = [];
  if (model !== undefined) {
    for (const [at, said] of sentences.entries()) {
      const pcm = takes[at]?.pcm ?? new Int16Array(0);
      heard.push({ said, heard: await hear(pcm, { speechToText, model, language: voice.language }) });
    }
  }
  return {
    voice: voice.id,
    language: voice.language,
    firstAudio: quantilesOf(takes.map(({ firstAudioMs }) => firstAudioMs)),
    realTimeFactor: factorOf(takes),
    playout: { ...playoutOf(played.arrivals), soundMs: played.soundMs },
    heard: model === undefined ? undefined : { by: model, accuracies: scored(heard, voice.language), sentences: heard },
  };
}

function scored(heard: readonly { said: string; heard: string }[], language: string): Accuracy[] {
  return heard.map(({ said, heard: text }) => {
    const place = { startMs: 0, endMs: 1 };
    const shown = [{ atMs: 1, pieces: [{ id: 'heard', text, final: true, ...place }] }];
    return accuracyOf({ language, spoken: [{ text: said, ...place }], shown });
  });
}

/** More and more of one voice at once, each with a text of its own, until one is slower than real time or the model takes no more. */
export async function climb(inference: Inference, voice: Voice, most: number): Promise<CapacityStep[]> {
  const { textToSpeech } = inference;
  const sentences = sentencesOf(voice.language);
  const steps: CapacityStep[] = [];
  for (let together = 1; together <= most; together *= 2) {
    const texts = Array.from({ length: together }, (_, at) => rotated(sentences, at).slice(0, 5).join(' '));
    const takes = await Promise.all(texts.map((text) => speak({ textToSpeech, voice, text }))).catch(
      (cause: unknown) => {
        if (TritoneError.from(cause, 'internal').code === 'inference.busy') return undefined;
        throw cause;
      },
    );
    if (takes === undefined) break;
    const step: CapacityStep = {
      voice: voice.id,
      together,
      realTimeFactor: Math.max(...takes.map((take) => factorOf([take]))),
      firstAudio: quantilesOf(takes.map(({ firstAudioMs }) => firstAudioMs)),
      gapMs: takes.reduce((sum, { arrivals }) => sum + playoutOf(arrivals).gapMs, 0),
    };
    steps.push(step);
    if (step.realTimeFactor > 1) break;
  }
  return steps;
}

function rotated(sentences: readonly string[], by: number): string[] {
  const from = by % Math.max(1, sentences.length);
  return [...sentences.slice(from), ...sentences.slice(0, from)];
}

function factorOf(takes: readonly Take[]): number {
  const sum = (value: (take: Take) => number) => takes.reduce((total, take) => total + value(take), 0);
  return sum(({ tookMs }) => tookMs) / sum(({ soundMs }) => soundMs);
}
