import type { SpeechToText } from '../../server/inference/speechToText.types.ts';
import { PCM_RATE } from '../../server/media/pcmChunk.ts';

const CHUNK_SAMPLES = PCM_RATE / 10;
/** Recognisers expect a moment of quiet around speech. */
const QUIET_SAMPLES = 0.7 * PCM_RATE;

export interface HearOptions {
  readonly speechToText: SpeechToText;
  readonly model: string;
  readonly language: string;
}

/** What a recogniser of ours understands of `pcm` (mono, 16 kHz). @throws TritoneError */
export async function hear(pcm: Int16Array, { speechToText, model, language }: HearOptions): Promise<string> {
  await using stream = await speechToText.open({ language, model, priority: 'batch' });
  const sound = new Int16Array(pcm.length + 2 * QUIET_SAMPLES);
  sound.set(pcm, QUIET_SAMPLES);
  const writing = (async () => {
    for (let at = 0; at < sound.length; at += CHUNK_SAMPLES) await stream.write(sound.slice(at, at + CHUNK_SAMPLES));
    await stream.end();
  })();
  const finals = new Map<number, string>();
  for await (const event of stream.events) if (event.type === 'final') finals.set(event.utterance, event.text);
  await writing;
  return [...finals.values()].join(' ').trim();
}
