import type { SpeechStream } from '../../inference/speechToText.types.ts';
import { PCM_RATE } from '../../media/pcmChunk.ts';
import type { PcmRing } from './pcmRing.ts';
import type { SpurtState, TalkSpurt } from './talkSpurt.ts';
import type { TimeMap } from './timeMap.ts';

/**
 * What goes to the model together. A request costs as much with 20 ms as with 400: in talk it holds 100 ms; in a pause less,
 * for whoever waits for its end; in silence that the model knows of nobody waits.
 */
const STEP_SAMPLES: Readonly<Record<SpurtState, number>> = {
  talk: PCM_RATE / 10,
  pause: PCM_RATE / 25,
  silence: (4 * PCM_RATE) / 10,
};
const MOST_SAMPLES = STEP_SAMPLES.silence;

export interface FeedSequenceOptions {
  stream: SpeechStream;
  ring: PcmRing;
  spurt: TalkSpurt;
  /** Samples of the sequence to samples of the track, where it begins. Every jump is added here. */
  places: TimeMap;
  /** Sound that never reached the model, in samples of the track. */
  onLost: (startSample: number, endSample: number) => void;
  signal: AbortSignal;
}

/**
 * Writes a spurt from the ring into a sequence as fast as the model takes it. Live sound passes at once; what waits,
 * waits in the ring, so after a stall the model catches up and nothing is queued twice. Ends with the spurt, or with `signal`.
 */
export async function feedSequence({
  stream,
  ring,
  spurt,
  places,
  onLost,
  signal,
}: FeedSequenceOptions): Promise<void> {
  let place = places.at(0);
  let written = 0;
  let toldSilence = false;
  const isDue = () => {
    const waiting = spurt.endSample - place;
    const isNews = (spurt.state === 'silence') !== toldSilence;
    return waiting >= STEP_SAMPLES[spurt.state] || (waiting > 0 && isNews);
  };
  while (true) {
    await spurt.until(isDue, signal);
    if (signal.aborted) return;
    if (place < ring.startSample) {
      onLost(place, ring.startSample);
      place = ring.startSample;
      places.add(written, place);
    }
    const pcm = ring.read(place, Math.min(MOST_SAMPLES, Math.max(0, spurt.endSample - place)));
    if (pcm.length === 0) return;
    place += pcm.length;
    written += pcm.length;
    toldSilence = spurt.state === 'silence' && !spurt.ended && place === spurt.endSample;
    await stream.write(pcm, { atOnce: !spurt.ended, silentAfter: toldSilence });
  }
}
