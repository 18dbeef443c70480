import { TritoneError } from '../../../shared/errors.ts';
import type { SpeechEvent } from '../../inference/speechToText.types.ts';
import { onAbort } from '../../streams/onAbort.ts';
import { type FeedSequenceOptions, feedSequence } from './feedSequence.ts';

/**
 * Feeds one sequence and reads it, to the spurt's last final or until `signal` aborts.
 * @throws TritoneError when the sequence breaks off before that
 */
export async function followSequence(
  options: FeedSequenceOptions,
  onEvent: (event: SpeechEvent) => void,
): Promise<void> {
  const { stream, signal } = options;
  const over = new AbortController();
  const forgetOwner = onAbort(signal, () => {
    over.abort();
    void stream.close();
  });
  let fed = false;
  const feeding = feedSequence({ ...options, signal: over.signal }).then(() => {
    fed = !over.signal.aborted;
    if (fed) void stream.end();
  });
  try {
    for await (const event of stream.events) if (!signal.aborted) onEvent(event);
    if (!fed && !signal.aborted) throw new TritoneError('inference.sequence_lost');
  } finally {
    over.abort();
    forgetOwner();
    await stream.close();
    await feeding;
  }
}
