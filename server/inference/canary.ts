import { z } from 'zod';
import { TritoneError } from '../../shared/errors.ts';
import type { Clock } from '../streams/clock.ts';
import { callModel } from './modelCall.ts';
import type { Abilities } from './modelCard.ts';
import { audioTensor, readTexts, type Tensor, textTensor } from './tensors.ts';
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

const abilities = z.object({
  languages: z.array(z.string().regex(/^[a-z]{2,3}$/)).min(1),
  pairs: z.array(z.tuple([z.string(), z.string()])).default([]),
});

/**
 * A whole sequence of 100 ms of silence.
 * @returns what it says of itself; undefined where it says nothing, as models may that are not ours
 * @throws TritoneError where it does not come to its end
 */
export async function askSpeechModel(
  options: CanaryOptions & { model: string; language: string },
): Promise<Abilities | undefined> {
  const { language, ...call } = options;
  const wish = { language, partials: false, words: false, describe: true };
  const inputs = [audioTensor('AUDIO', SILENCE), textTensor('OPTIONS', [JSON.stringify(wish)], [1, 1])];
  let told: Abilities | undefined;
  for await (const outputs of callModel({ ...call, inputs, asSequence: true })) {
    // Whatever else it makes of silence; that it comes to an end is the answer.
    told ??= firstAbilities(outputs.get('EVENT'));
  }
  return told;
}

/**
 * A text of no language: a translator says what it translates.
 * @returns undefined where it refuses that, as models may that are not ours
 * @throws TritoneError where it cannot be reached
 */
export async function askTranslator(options: CanaryOptions & { model: string }): Promise<Abilities | undefined> {
  const inputs = ['TEXT', 'SOURCE', 'TARGET'].map((name) => textTensor(name, [''], [1, 1]));
  let told: Abilities | undefined;
  try {
    for await (const outputs of callModel({ ...options, inputs })) told ??= firstAbilities(outputs.get('TEXT'));
  } catch (cause) {
    const failure = TritoneError.from(cause, 'inference.failed', { reason: 'it does not say what it translates' });
    if (failure.retryable) throw failure;
  }
  return told;
}

function firstAbilities(tensor: Tensor | undefined): Abilities | undefined {
  for (const text of tensor === undefined ? [] : readTexts(tensor)) {
    const { data } = abilities.safeParse(parsed(text));
    if (data === undefined) continue;
    return { languages: data.languages, pairs: data.pairs.map(([source, target]) => ({ source, target })) };
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
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
