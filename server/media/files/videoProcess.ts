import type { Frame } from 'node-av/lib';
import sharp from 'sharp';
import { sniffVideo } from './videoFormat.ts';
import type { VideoAnswer, VideoOrder } from './videoMessages.ts';
import { VideoError, VideoReader } from './videoReader.ts';

/** Fine enough to find landmarks in. */
const JPEG_QUALITY = 92;
/** Clocks of files are rounded. */
const SLACK_SECONDS = 0.01;

type OpenOrder = Extract<VideoOrder, { type: 'open' }>;

let opened: (order: OpenOrder) => void = () => {};
const order = new Promise<OpenOrder>((resolve) => {
  opened = resolve;
});
let asked = 0;
let wake: () => void = () => {};

sharp.concurrency(1);
process.on('message', (message: VideoOrder) => {
  if (message.type === 'open') return opened(message);
  asked += 1;
  wake();
});
// Its owner is gone, and so is all use of it.
process.once('disconnect', () => process.exit());

async function untilAsked(): Promise<void> {
  while (asked === 0) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  asked -= 1;
}

const answer = (message: VideoAnswer) => process.send?.(message);

/** Upright JPEGs, `fps` a second: a slower file's are repeated, of a faster one's some are left out. */
async function* pictures({ path, fps, limits }: OpenOrder): AsyncGenerator<Uint8Array, void, void> {
  const format = await sniffVideo(path);
  if (format === undefined) throw new VideoError('unreadable', 'another format');
  using reader = new VideoReader(path, format, limits);
  const toJpeg = (frame: Frame) => {
    const { rgb, width, height } = reader.toRgb(frame);
    const upright = sharp(rgb, { raw: { width, height, channels: 3 } }).rotate(reader.turnDegrees);
    return upright.jpeg({ quality: JPEG_QUALITY, chromaSubsampling: '4:4:4' }).toBuffer();
  };
  const limit = Math.ceil(limits.maxSeconds * fps);
  let next = 0;
  for (const { frame, atSeconds } of reader.frames()) {
    const isDue = () => next < limit && next / fps <= atSeconds + SLACK_SECONDS;
    if (!isDue()) continue;
    const jpeg = await toJpeg(frame);
    for (; isDue(); next++) yield jpeg;
  }
  if (next === 0) throw new VideoError('unreadable', 'no picture could be decoded');
}

async function serve(): Promise<void> {
  try {
    for await (const jpeg of pictures(await order)) {
      await untilAsked();
      answer({ type: 'picture', jpeg });
    }
    answer({ type: 'done' });
  } catch (cause) {
    const problem = cause instanceof VideoError ? cause.problem : 'unreadable';
    answer({ type: 'done', problem, detail: String(cause) });
  }
}

await serve();
