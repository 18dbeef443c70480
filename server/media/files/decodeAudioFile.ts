import { on } from 'node:events';
import { createReadStream } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { TritoneError } from '../../../shared/errors.ts';
import { type Clock, systemClock } from '../../streams/clock.ts';
import type { Answer, Supply } from './threadMessages.ts';

const HEAP_LIMIT_MB = 256;
/** One piece of a file takes milliseconds; a thread that is silent for this long has been led into a loop. */
const STUCK_AFTER_MS = 20_000;

export interface DecodeAudioFileOptions {
  signal: AbortSignal;
  clock?: Clock;
  /** What decodes, as a worker thread that speaks `Supply` and `Answer`. */
  thread?: URL;
}

/**
 * A WAV, Ogg Opus, WebM Opus or MP3 file as mono INT16 at 16 kHz, in pieces of half a second at most, no faster than they
 * are read. Decodes in a thread of its own, which ends with the iteration, however that ends. What breaks off ends there.
 * @throws TritoneError `transcription.not_audio` where nothing can be decoded, `internal` where the decoder itself crashes
 * or gets stuck; the signal's reason; the source's own error
 */
export async function* decodeAudioFile(
  source: AsyncIterable<Uint8Array> | string,
  { signal, clock = systemClock, thread = new URL('./decodeThread.ts', import.meta.url) }: DecodeAudioFileOptions,
): AsyncGenerator<Int16Array<ArrayBuffer>, void, void> {
  signal.throwIfAborted();
  const bytes = (typeof source === 'string' ? createReadStream(source) : source)[Symbol.asyncIterator]();
  // Decoders complain of broken frames on the console; that is no one's business.
  const worker = new Worker(thread, {
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB },
  });
  const stuck = new AbortController();
  // Runs while the thread has the turn; the file and the reader may take their time.
  const watch = () => clock.after(STUCK_AFTER_MS, () => stuck.abort(crash('the decoder is stuck')));
  let forgetWatch = watch();
  const supply = (message: Supply) => worker.postMessage(message);
  let anything = false;
  try {
    for await (const [answer] of answers(worker, AbortSignal.any([signal, stuck.signal]))) {
      forgetWatch();
      if (answer.type === 'done') {
        if (!anything) throw new TritoneError('transcription.not_audio', {}, { cause: answer.problem });
        return;
      }
      if (answer.type === 'wants') {
        const next = await bytes.next();
        supply(next.done === true ? { type: 'end' } : { type: 'bytes', bytes: next.value });
      } else {
        anything = true;
        yield answer.pcm;
        supply({ type: 'read' });
      }
      forgetWatch = watch();
    }
    throw crash('the decoder ended before its file');
  } finally {
    forgetWatch();
    await bytes.return?.();
    await worker.terminate();
  }
}

const crash = (cause: unknown) => new TritoneError('internal', {}, { cause });

async function* answers(worker: Worker, signal: AbortSignal): AsyncGenerator<[Answer], void, void> {
  try {
    for await (const message of on(worker, 'message', { signal, close: ['exit'] })) yield message as [Answer];
  } catch (cause) {
    signal.throwIfAborted();
    throw crash(cause);
  }
}
