import { type ChildProcess, fork } from 'node:child_process';
import { on, once } from 'node:events';
import { TritoneError } from '../../../shared/errors.ts';
import { type Clock, systemClock } from '../../streams/clock.ts';
import type { VideoAnswer, VideoLimits, VideoOrder, VideoProblem } from './videoMessages.ts';

/** One picture takes milliseconds; a process that is silent for this long has been led into a loop. */
const STUCK_AFTER_MS = 20_000;
const HEAP_LIMIT_MB = 256;

export const defaultVideoLimits: VideoLimits = { maxSeconds: 10, maxPixels: 4096 * 2304, maxEdge: 1280 };

export interface ReadVideoOptions {
  readonly signal: AbortSignal;
  /** 25 unless given. */
  readonly fps?: number;
  readonly limits?: VideoLimits;
  readonly clock?: Clock;
  /** What decodes, as a program that speaks `VideoOrder` and `VideoAnswer`. */
  readonly program?: URL;
}

/**
 * The pictures of a short MP4, QuickTime or WebM file (H.264, H.265, VP8, VP9, AV1) as JPEGs: `fps` a second, upright, with square
 * pixels, no longer than `maxEdge`, without metadata; no faster than they are read. What breaks off ends there.
 *
 * Native decoders meet what strangers made: they do so in a process of its own, which may crash, and ends with the iteration.
 * @throws TritoneError `avatar.not_a_picture` where nothing can be decoded, `avatar.picture_too_large` where it has too many
 * pixels or goes on for too long; the signal's reason
 */
export async function* readVideoPictures(
  path: string,
  {
    signal,
    fps = 25,
    limits = defaultVideoLimits,
    clock = systemClock,
    program = new URL('./videoProcess.ts', import.meta.url),
  }: ReadVideoOptions,
): AsyncGenerator<Buffer, void, void> {
  signal.throwIfAborted();
  const child = fork(program, {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [`--max-old-space-size=${HEAP_LIMIT_MB}`],
    // Nothing of what the server was told is any business of a decoder.
    env: {},
  });
  const stuck = new AbortController();
  const order = (message: VideoOrder) => child.send(message, () => {});
  // Runs while the process has the turn; the reader may take its time.
  const watch = () => clock.after(STUCK_AFTER_MS, () => stuck.abort(unreadable('the decoder is stuck')));
  let forgetWatch = watch();
  try {
    order({ type: 'open', path, fps, limits });
    order({ type: 'next' });
    for await (const [answer] of answers(child, AbortSignal.any([signal, stuck.signal]))) {
      forgetWatch();
      if (answer.type === 'done') {
        if (answer.problem !== undefined) throw refusal(answer.problem, limits, answer.detail);
        return;
      }
      yield Buffer.from(answer.jpeg.buffer, answer.jpeg.byteOffset, answer.jpeg.byteLength);
      forgetWatch = watch();
      order({ type: 'next' });
    }
    throw unreadable('the decoder ended before its file');
  } finally {
    forgetWatch();
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
  }
}

const unreadable = (cause: unknown) => new TritoneError('avatar.not_a_picture', {}, { cause });

function refusal(
  problem: VideoProblem,
  { maxSeconds, maxPixels }: VideoLimits,
  detail: string | undefined,
): TritoneError {
  if (problem === 'unreadable') return unreadable(detail);
  const limit = problem === 'too_long' ? `${maxSeconds} seconds` : `${Math.round(maxPixels / 1e5) / 10} megapixels`;
  return new TritoneError('avatar.picture_too_large', { limit }, { cause: detail });
}

async function* answers(child: ChildProcess, signal: AbortSignal): AsyncGenerator<[VideoAnswer], void, void> {
  try {
    for await (const message of on(child, 'message', { signal, close: ['exit', 'error'] }))
      yield message as [VideoAnswer];
  } catch (cause) {
    signal.throwIfAborted();
    throw unreadable(cause);
  }
}
