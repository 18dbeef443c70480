import type { SpeechStream } from '../../inference/speechToText.types.ts';
import { PCM_RATE } from '../../media/pcmChunk.ts';
import type { PcmRing } from './pcmRing.ts';
import type { TalkSpurt } from './talkSpurt.ts';
import type { TimeMap } from './timeMap.ts';

/** 100 ms, what the contract of `speech-to-text` takes as one request. */
const CHUNK_SAMPLES = PCM_RATE / 10;

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
  while (true) {
    await spurt.reached(place + CHUNK_SAMPLES, signal);
    if (signal.aborted) return;
    if (place < ring.startSample) {
      onLost(place, ring.startSample);
      place = ring.startSample;
      places.add(written, place);
    }
    const pcm = ring.read(place, Math.min(CHUNK_SAMPLES, Math.max(0, spurt.endSample - place)));
    if (pcm.length === 0) return;
    place += pcm.length;
    written += pcm.length;
    await stream.write(pcm);
  }
}
