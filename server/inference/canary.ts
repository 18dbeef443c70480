import { TritoneError } from '../../shared/errors.ts';
import type { Clock } from '../streams/clock.ts';
import { callModel } from './modelCall.ts';
import { audioTensor, readTexts, textTensor } from './tensors.ts';
import type { TritonClient } from './tritonClient.ts';

/** A model that answers PING BYTES[1] with the same as PONG: what tells a Triton that works from one that only says `ready`. */
export const CANARY_MODEL = 'canary';

const SILENCE = Buffer.alloc(1600 * Int16Array.BYTES_PER_ELEMENT);

export interface CanaryOptions {
  readonly client: TritonClient;
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** @throws TritoneError where the echo fails, is late or says something else */
export async function askCanary(options: CanaryOptions): Promise<void> {
  const inputs = [textTensor('PING', ['ping'], [1])];
  const answers: string[] = [];
  for await (const outputs of callModel({ ...options, model: CANARY_MODEL, inputs })) {
    const pong = outputs.get('PONG');
    if (pong !== undefined) answers.push(...readTexts(pong));
  }
  if (answers.join() !== 'ping') throw new TritoneError('inference.failed', { reason: 'its canary answers wrongly' });
}

/** A whole sequence of 100 ms of silence. @throws TritoneError where it does not come to its end */
export async function askSpeechModel(options: CanaryOptions & { model: string; language: string }): Promise<void> {
  const { language, ...call } = options;
  const inputs = [
    audioTensor('AUDIO', SILENCE),
    textTensor('OPTIONS', [JSON.stringify({ language, partials: false, words: false })], [1, 1]),
  ];
  for await (const _outputs of callModel({ ...call, inputs, asSequence: true })) {
    // Whatever it makes of silence; that it comes to an end is the answer.
  }
}

/** A whole sequence without a word. @throws TritoneError where it does not come to its end */
export async function askVoiceModel(options: CanaryOptions & { model: string; language: string }): Promise<void> {
  const { language, ...call } = options;
  const inputs = [textTensor('TEXT', [''], [1, 1]), textTensor('OPTIONS', [JSON.stringify({ language })], [1, 1])];
  for await (const _outputs of callModel({ ...call, inputs, asSequence: true })) {
    // There is nothing to say; that it comes to an end is the answer.
  }
}
