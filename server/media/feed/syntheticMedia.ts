import { randomUUID } from 'node:crypto';
import type { TrackKind, TrackSource } from '../../../shared/roomLog.ts';
import type { MediaRouter } from '../../sfu/mediaRouter.types.ts';
import type { Clock } from '../../streams/clock.ts';
import type { Log } from '../../streams/log.ts';
import type { Metrics } from '../../streams/metrics.ts';
import { FRAME_SAMPLES } from '../codecs/liveOpusEncoder.ts';
import { OPUS_CLOCK_RATE } from '../codecs/opusPacket.ts';
import type { AudioFeed, ClipFrames, PictureSource, PlayoutPosition, VideoFeed } from './feed.types.ts';
import type { OpenPictureEncoder, PictureEncoder, VideoCodec } from './pictureEncoder.types.ts';
import { PlayoutClock } from './playoutClock.ts';
import { RtpOutput } from './rtpOutput.ts';
import { SenderReports } from './senderReports.ts';
import { TrackLink, type TrackOutputs } from './trackLink.ts';
import { AUDIO_LEVEL_ID, PICTURE_CLOCK_RATE, PICTURE_PAYLOAD_TYPE, SOUND_PAYLOAD_TYPE } from './trackParameters.ts';
import { VoiceEncoder } from './voiceEncoder.ts';
import { VoiceFeed } from './voiceFeed.ts';

/** RFC 6464's V bit: the packet contains voice. */
const VOICE = 0x80;

export interface Face {
  readonly clip: ClipFrames;
  readonly pictures: PictureSource;
  /** VP8 unless given. */
  readonly codec?: VideoCodec | undefined;
}

export interface SyntheticMediaOptions {
  readonly router: MediaRouter;
  readonly face?: Face | undefined;
  readonly openPictureEncoder: OpenPictureEncoder;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface SyntheticTrack {
  readonly trackId: string;
  readonly kind: TrackKind;
  readonly source: TrackSource;
}

/**
 * The sound and the picture of one synthesized participant: one clock stamps both, one transport carries them. Its feeds
 * outlive the router: without one nothing leaves and the voice's position stays.
 */
export class SyntheticMedia implements AsyncDisposable {
  readonly audio: AudioFeed;
  readonly video: VideoFeed | undefined;
  readonly #options: SyntheticMediaOptions;
  readonly #outputs: TrackOutputs;
  readonly #voice: VoiceFeed;
  readonly #encoder = new VoiceEncoder();
  readonly #pictures: PictureEncoder | undefined;
  readonly #playout: PlayoutClock;
  readonly #reports: SenderReports;
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  /** The link that stands or is being made; another makes the former's late arrival void. */
  #attempt = 0;
  #link: TrackLink | undefined;
  #soundTrackId = '';
  #pictureTrackId = '';
  #lastPicture = -1;
  #closing: Promise<void> | undefined;

  /** @throws TritoneError `media.worker_died`, `media.unavailable`, `room.closed` */
  static async open(options: SyntheticMediaOptions): Promise<SyntheticMedia> {
    const { router, face, openPictureEncoder, clock, log, metrics } = options;
    const outputs = makeOutputs(face);
    const encoder =
      face === undefined
        ? undefined
        : await openPictureEncoder({
            codec: outputs.codec,
            clip: face.clip,
            pictures: face.pictures,
            layers: outputs.pictures.map((output, index) => ({ size: layerSizes(face.clip)[index] ?? 0, output })),
            clock,
            log,
            metrics,
          });
    const media = new SyntheticMedia(options, outputs, encoder);
    try {
      await media.moveTo(router);
      return media;
    } catch (cause) {
      await media.close();
      throw cause;
    }
  }

  private constructor(options: SyntheticMediaOptions, outputs: TrackOutputs, pictures: PictureEncoder | undefined) {
    const { clock, metrics } = options;
    this.#options = options;
    this.#outputs = outputs;
    this.#pictures = pictures;
    this.#voice = new VoiceFeed(() => this.#soundTrackId);
    this.#voice.hold(true);
    this.audio = this.#voice;
    if (pictures !== undefined) {
      const pictureTrackId = () => this.#pictureTrackId;
      this.video = {
        get trackId() {
          return pictureTrackId();
        },
        get stats() {
          return pictures.stats;
        },
      };
    }
    this.#playout = new PlayoutClock({ clock, metrics, onFrame: (mediaMs) => this.#play(mediaMs) });
    this.#reports = new SenderReports({
      outputs: [outputs.sound, ...outputs.pictures],
      cname: outputs.cname,
      playout: this.#playout,
      clock,
      sendRtcp: (packet) => this.#link?.sendRtcp(packet),
    });
    metrics.gauge('tritone_feeds', 'Synthesized participants whose sound is being sent').inc();
  }

  /** Empty while there is no router. */
  get tracks(): readonly SyntheticTrack[] {
    if (this.#link === undefined) return [];
    const { soundTrackId, pictureTrackId } = this.#link;
    const sound = { trackId: soundTrackId, kind: 'audio', source: 'microphone' } as const;
    if (pictureTrackId === undefined) return [sound];
    return [sound, { trackId: pictureTrackId, kind: 'video', source: 'camera' }];
  }

  get stats(): PlayoutClock['stats'] {
    return this.#playout.stats;
  }

  /** Publishes on another router; the former tracks end. @throws TritoneError `media.worker_died`, `room.closed` */
  async moveTo(router: MediaRouter): Promise<void> {
    this.suspend();
    const attempt = this.#attempt;
    const link = await TrackLink.open(router, this.#outputs, {
      keyFrameRequested: (layer) => this.#pictures?.requestKeyFrame(layer),
      layersWanted: (layers) => this.#pictures?.want(layers),
    });
    if (attempt !== this.#attempt) {
      link.close();
      return;
    }
    this.#link = link;
    this.#soundTrackId = link.soundTrackId;
    this.#pictureTrackId = link.pictureTrackId ?? '';
    this.#voice.hold(false);
  }

  /** The router is gone: nothing leaves until there is another. */
  suspend(): void {
    this.#attempt += 1;
    this.#voice.hold(true);
    this.#reports.restart();
    this.#link?.close();
    this.#link = undefined;
    this.#pictures?.want([]);
  }

  /** Cuts what is being said, ends the tracks. Never rejects; twice is once. */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #end(): Promise<void> {
    this.suspend();
    this.#playout.stop();
    this.#voice.close();
    this.#encoder.close();
    const { metrics, log } = this.#options;
    metrics.gauge('tritone_feeds', '').dec();
    log.debug({ ...this.stats, ...this.#voice.stats, ...this.video?.stats }, 'synthesized participant closed');
    await this.#pictures?.close();
  }

  #play(mediaMs: number): void {
    const sound = this.#voice.take(this.#frame);
    const { payload, levelDbov } = this.#encoder.encode(this.#frame);
    const level = Uint8Array.of((sound === undefined ? 0 : VOICE) | -levelDbov);
    this.#outputs.sound.sendSound(payload, mediaMs, [[AUDIO_LEVEL_ID, level]]);
    this.#showPicture(mediaMs, sound);
    this.#reports.sendDue(mediaMs);
  }

  /** The picture whose time has come in this frame, shown with the sound that left just now. */
  #showPicture(frameMs: number, sound: PlayoutPosition | undefined): void {
    const { face } = this.#options;
    if (this.#pictures === undefined || face === undefined) return;
    const { fps } = face.clip;
    const index = Math.floor((frameMs * fps) / 1000 + 1e-6);
    if (index <= this.#lastPicture) return;
    this.#lastPicture = index;
    const mediaMs = (index * 1000) / fps;
    this.#pictures.tick({ index, mediaMs, sound: sound && at(sound, mediaMs - frameMs) });
  }
}

/** Where the sound is `ms` later; not before its beginning. */
function at({ utteranceId, playedSamples }: PlayoutPosition, ms: number): PlayoutPosition {
  return { utteranceId, playedSamples: Math.max(0, playedSamples + Math.round((ms * OPUS_CLOCK_RATE) / 1000)) };
}

/** Whole and half: two layers, smallest first. */
function layerSizes({ size }: ClipFrames): readonly number[] {
  return [size / 2, size];
}

function makeOutputs(face: Face | undefined): TrackOutputs {
  const picture = () => new RtpOutput({ payloadType: PICTURE_PAYLOAD_TYPE, clockRate: PICTURE_CLOCK_RATE });
  return {
    cname: randomUUID(),
    sound: new RtpOutput({ payloadType: SOUND_PAYLOAD_TYPE, clockRate: OPUS_CLOCK_RATE }),
    pictures: face === undefined ? [] : layerSizes(face.clip).map(picture),
    codec: face?.codec ?? 'VP8',
  };
}
