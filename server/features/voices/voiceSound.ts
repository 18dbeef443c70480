import type { SynthesisChunk } from '../../inference/textToSpeech.types.ts';
import type { Viseme } from '../../inference/visemes.ts';
import { FEED_RATE } from '../../media/feed/feed.types.ts';
import { Resampler } from '../../media/files/resampler.ts';
import { PCM_RATE } from '../../media/pcmChunk.ts';
import type { PlayedWord } from './playedWords.ts';

/** A piece of speech at the rates of those who take it. */
export interface VoiceSound {
  /** 48 kHz, for viewers. */
  readonly pcm: Int16Array;
  /** The same at 16 kHz, for lips. */
  readonly lipPcm: Int16Array;
  /** Those that begin in the chunk. */
  readonly words: readonly PlayedWord[];
  /** Samples at 16 kHz. */
  readonly visemes: readonly Viseme[];
}

/** One utterance from its voice's rate to those of the feed and of lips. Gain is untouched; chunks join without a seam. */
export class VoiceSoundConverter {
  #rate: number | undefined;
  #forFeed: Resampler | undefined;
  #forLips: Resampler | undefined;

  /** @throws RangeError where the rate changes on the way */
  convert(chunk: SynthesisChunk): VoiceSound {
    const { sampleRate } = chunk;
    if (this.#rate !== undefined && this.#rate !== sampleRate) throw new RangeError('the rate of a voice has changed');
    if (this.#rate === undefined) {
      this.#rate = sampleRate;
      this.#forFeed = sampleRate === FEED_RATE ? undefined : new Resampler(sampleRate, FEED_RATE);
      this.#forLips = sampleRate === PCM_RATE ? undefined : new Resampler(sampleRate, PCM_RATE);
    }
    const samples = new Float32Array(chunk.pcm);
    const at = (sample: number, rate: number) => Math.round((sample * rate) / sampleRate);
    return {
      pcm: this.#forFeed === undefined ? chunk.pcm : toInt16(this.#forFeed.push(samples)),
      lipPcm: this.#forLips === undefined ? chunk.pcm : toInt16(this.#forLips.push(samples)),
      words: chunk.words.map(({ startChar, endChar, startSample, endSample }) => ({
        startChar,
        endChar,
        startSample: at(startSample, FEED_RATE),
        endSample: at(endSample, FEED_RATE),
      })),
      visemes: chunk.visemes.map(({ viseme, startSample, endSample }) => ({
        viseme,
        startSample: at(startSample, PCM_RATE),
        endSample: at(endSample, PCM_RATE),
      })),
    };
  }

  /** What the last samples still give. */
  end(): VoiceSound {
    const rest = (resampler: Resampler | undefined) => toInt16(resampler?.end() ?? new Float32Array(0));
    return { pcm: rest(this.#forFeed), lipPcm: rest(this.#forLips), words: [], visemes: [] };
  }
}

/** A loop: `from` with a function takes five times as long, on the loop that paces everybody's sound. */
function toInt16(samples: Float32Array): Int16Array {
  const pcm = new Int16Array(samples.length);
  for (let at = 0; at < pcm.length; at += 1) {
    pcm[at] = Math.max(-32_768, Math.min(32_767, Math.round(samples[at] ?? 0)));
  }
  return pcm;
}
