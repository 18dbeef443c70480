import {
  AV_CODEC_ID_AV1,
  AV_CODEC_ID_H264,
  AV_CODEC_ID_HEVC,
  AV_CODEC_ID_VP8,
  AV_CODEC_ID_VP9,
  AV_LOG_QUIET,
  AV_PIX_FMT_RGB24,
  AV_PKT_DATA_DISPLAYMATRIX,
  AVCOL_RANGE_JPEG,
  AVCOL_SPC_RGB,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  AVMEDIA_TYPE_VIDEO,
} from 'node-av/constants';
import {
  Codec,
  CodecContext,
  FormatContext,
  Frame,
  InputFormat,
  Log,
  Packet,
  SoftwareScaleContext,
  type Stream,
} from 'node-av/lib';
import type { VideoFormat } from './videoFormat.ts';
import type { VideoLimits, VideoProblem } from './videoMessages.ts';

Log.setLevel(AV_LOG_QUIET);

/** What phones, cameras and browsers record. Every decoder more is one more way in. */
const CODECS: readonly number[] = [
  AV_CODEC_ID_H264,
  AV_CODEC_ID_HEVC,
  AV_CODEC_ID_VP8,
  AV_CODEC_ID_VP9,
  AV_CODEC_ID_AV1,
];
const PROBE_BYTES = 5_000_000n;
const PROBE_US = 2_000_000n;
/** A second longer is a second of rounding, not a longer video. */
const SECONDS_OF_GRACE = 0.5;

/** Why a file is refused. */
export class VideoError extends Error {
  readonly problem: VideoProblem;

  constructor(problem: VideoProblem, detail: string) {
    super(detail);
    this.problem = problem;
  }
}

/** Pixels of one decoded picture as they lie in the file: not turned upright yet. */
export interface RgbPicture {
  readonly width: number;
  readonly height: number;
  /** UINT8[h,w,3]. */
  readonly rgb: Buffer;
}

/**
 * The pictures of a short video in order of their time, on the calling thread. Meant for a process of its own: what
 * strangers upload goes through native decoders here.
 */
export class VideoReader implements Disposable {
  readonly #format = new FormatContext();
  readonly #decoder = new CodecContext();
  readonly #packet = new Packet();
  readonly #scaler = new SoftwareScaleContext();
  readonly #limits: VideoLimits;
  readonly #stream: Stream;
  /** To turn the pictures by, clockwise: 0, 90, 180 or 270. */
  readonly turnDegrees: number;

  /** @throws VideoError */
  constructor(path: string, format: VideoFormat, limits: VideoLimits) {
    this.#limits = limits;
    this.#stream = this.#open(path, format);
    this.turnDegrees = turnOf(this.#stream);
    this.#scaler.allocContext();
    must(this.#scaler.setOption('sws_flags', 'area'), 'scaler');
    this.#packet.alloc();
  }

  /**
   * Each decoded picture with the second at which it is shown, the first at 0. It is good until the next is asked for.
   * Ends where the file breaks off. @throws VideoError where it turns out to be too long or too large
   */
  *frames(): Generator<{ frame: Frame; atSeconds: number }, void, void> {
    const frame = new Frame();
    frame.alloc();
    const { num, den } = this.#stream.timeBase;
    let first: number | undefined;
    let count = 0;
    try {
      while (this.#receive(frame)) {
        const stamp = Number(frame.bestEffortTimestamp);
        const seconds =
          Number.isSafeInteger(stamp) && stamp > -(2 ** 52) ? (stamp * num) / den : count / this.#frameRate;
        first ??= seconds;
        count += 1;
        const atSeconds = Math.max(0, seconds - first);
        if (atSeconds > this.#limits.maxSeconds + SECONDS_OF_GRACE) throw new VideoError('too_long', 'it goes on');
        if (frame.width * frame.height > this.#limits.maxPixels) throw new VideoError('too_large', 'a picture grows');
        yield { frame, atSeconds };
        frame.unref();
      }
    } finally {
      frame.free();
    }
  }

  /** Pixels of `frame`, with square ones, at most `maxEdge` long. */
  toRgb(frame: Frame): RgbPicture {
    const { num, den } = frame.sampleAspectRatio;
    const aspect = num > 0 && den > 0 && num / den > 0.2 && num / den < 5 ? num / den : 1;
    const scale = Math.min(1, this.#limits.maxEdge / Math.max(frame.width * aspect, frame.height));
    const scaled = new Frame();
    scaled.alloc();
    try {
      scaled.width = Math.max(2, Math.round(frame.width * aspect * scale));
      scaled.height = Math.max(2, Math.round(frame.height * scale));
      scaled.format = AV_PIX_FMT_RGB24;
      scaled.colorSpace = AVCOL_SPC_RGB;
      scaled.colorRange = AVCOL_RANGE_JPEG;
      must(scaled.getBuffer(), 'picture');
      must(this.#scaler.scaleFrameSync(scaled, frame), 'picture');
      return { width: scaled.width, height: scaled.height, rgb: Buffer.from(scaled.toBuffer()) };
    } finally {
      scaled.free();
    }
  }

  [Symbol.dispose](): void {
    this.#packet.free();
    this.#scaler.freeContext();
    this.#decoder.freeContext();
    this.#format.closeInputSync();
  }

  get #frameRate(): number {
    const { num, den } = this.#stream.avgFrameRate;
    return num > 0 && den > 0 ? num / den : 25;
  }

  #open(path: string, format: VideoFormat): Stream {
    const { maxSeconds, maxPixels } = this.#limits;
    const file = this.#format;
    file.allocContext();
    // A file may name others to be read with it.
    must(file.setOption('protocol_whitelist', 'file'), 'whitelist');
    file.probesize = PROBE_BYTES;
    file.maxAnalyzeDuration = PROBE_US;
    must(file.openInputSync(path, InputFormat.findInputFormat(format)), 'container');
    must(file.findStreamInfoSync(), 'streams');
    const stream = file.streams[file.findBestStream(AVMEDIA_TYPE_VIDEO)];
    if (stream === undefined) throw new VideoError('unreadable', 'no pictures in it');
    const { codecId, width, height } = stream.codecpar;
    const codec = CODECS.includes(codecId) ? Codec.findDecoder(codecId) : null;
    if (codec === null) throw new VideoError('unreadable', `codec ${codecId}`);
    if (width * height > maxPixels) throw new VideoError('too_large', `${width} x ${height}`);
    if (Number(file.duration) / 1e6 > maxSeconds + SECONDS_OF_GRACE) throw new VideoError('too_long', 'it says so');
    const decoder = this.#decoder;
    decoder.allocContext3(codec);
    must(decoder.parametersToContext(stream.codecpar), 'parameters');
    decoder.threadCount = 1;
    must(decoder.setOption('max_pixels', String(maxPixels)), 'limit');
    // A picture with holes is worse than none: the file ends before it.
    must(decoder.setOption('err_detect', 'explode'), 'strictness');
    must(decoder.open2Sync(codec, null), 'decoder');
    return stream;
  }

  /** False at the end of what can be decoded. */
  #receive(frame: Frame): boolean {
    while (true) {
      const received = this.#decoder.receiveFrameSync(frame);
      if (received >= 0) return true;
      if (received === AVERROR_EOF || received !== AVERROR_EAGAIN || !this.#supply()) return false;
    }
  }

  /** One packet of the stream, or at its end none, which has the decoder give what it holds. */
  #supply(): boolean {
    const packet = this.#packet;
    while (true) {
      const read = this.#format.readFrameSync(packet);
      try {
        if (read < 0) return this.#decoder.sendPacketSync(null) >= 0;
        if (packet.streamIndex === this.#stream.index) return this.#decoder.sendPacketSync(packet) >= 0;
      } finally {
        packet.unref();
      }
    }
  }
}

function must(result: number, what: string): void {
  if (result < 0) throw new VideoError('unreadable', `${what}: ${result}`);
}

/** From the display matrix (ISO/IEC 14496-12, 6.2.2): a b u c d v x y w, of which a and b say where "right" points. */
function turnOf(stream: Stream): number {
  const matrix = stream.codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX);
  if (matrix === null || matrix.length < 8) return 0;
  const degrees = (Math.atan2(matrix.readInt32LE(4), matrix.readInt32LE(0)) * 180) / Math.PI;
  return (Math.round(degrees / 90) * 90 + 360) % 360;
}
