import {
  AV_LOG_ERROR,
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_SMPTE170M,
} from 'node-av/constants';
import { Codec, CodecContext, FFmpegError, Frame, Log, Packet, Rational } from 'node-av/lib';
import type { VideoCodec } from '../pictureEncoder.types.ts';
import { encoderSettings } from './encoderSettings.ts';

Log.setLevel(AV_LOG_ERROR);

export interface VideoEncoderOptions {
  readonly codec: VideoCodec;
  /** Edge of the square pictures, pixels. */
  readonly size: number;
  readonly fps: number;
}

export interface EncodedPicture {
  /** VP8: one frame; H.264: one access unit in Annex B. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly isKey: boolean;
}

/** One layer's pictures, encoded by libvpx or x264 on the calling thread, one in and one out. The first is a key frame. */
export class VideoEncoder {
  readonly #context = new CodecContext();
  readonly #packet = new Packet();
  readonly #size: number;
  readonly #fps: number;
  #index = 0n;

  /** @throws Error where this build of FFmpeg lacks the encoder, or refuses its settings */
  constructor({ codec: name, size, fps }: VideoEncoderOptions) {
    const settings = encoderSettings(name, size);
    const codec = Codec.findEncoderByName(settings.encoder);
    if (codec === null) throw new Error(`FFmpeg was built without ${settings.encoder}`);
    this.#size = size;
    this.#fps = fps;
    this.#packet.alloc();
    const context = this.#context;
    context.allocContext3(codec);
    context.width = size;
    context.height = size;
    context.pixelFormat = AV_PIX_FMT_YUV420P;
    context.colorRange = AVCOL_RANGE_MPEG;
    context.colorSpace = AVCOL_SPC_SMPTE170M;
    context.timeBase = new Rational(1, fps);
    context.framerate = new Rational(fps, 1);
    context.threadCount = 1;
    context.maxBFrames = 0;
    context.gopSize = settings.keyFrameEvery;
    context.bitRate = BigInt(settings.bitrate);
    context.rcMaxRate = BigInt(settings.bitrate);
    if (settings.isConstant) context.rcMinRate = BigInt(settings.bitrate);
    context.rcBufferSize = Math.round(settings.bitrate * settings.bufferSeconds);
    // Not through a Dictionary: node-av 6.1.1 frees it a second time after open2, which ends the process.
    for (const [option, value] of Object.entries(settings.options)) {
      FFmpegError.throwIfError(context.setOption(option, value), `${settings.encoder} ${option}`);
    }
    FFmpegError.throwIfError(context.open2Sync(codec, null), settings.encoder);
  }

  /**
   * @param frame I420, `size * size * 3 / 2` bytes, limited range
   * @throws Error where the encoder fails; it is then of no more use
   */
  encode(frame: Buffer, asKey: boolean): EncodedPicture {
    const size = this.#size;
    const picture = Frame.fromVideoBuffer(frame, {
      width: size,
      height: size,
      format: AV_PIX_FMT_YUV420P,
      timeBase: { num: 1, den: this.#fps },
    });
    try {
      picture.pts = this.#index++;
      picture.pictType = asKey ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
      FFmpegError.throwIfError(this.#context.sendFrameSync(picture), 'picture');
    } finally {
      picture.free();
    }
    FFmpegError.throwIfError(this.#context.receivePacketSync(this.#packet), 'packet');
    try {
      return { bytes: new Uint8Array(this.#packet.data ?? []), isKey: this.#packet.isKeyframe };
    } finally {
      this.#packet.unref();
    }
  }

  close(): void {
    this.#packet.free();
    this.#context.freeContext();
  }
}
