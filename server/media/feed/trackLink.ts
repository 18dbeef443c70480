import type { DirectMedia, DirectTrack, MediaRouter } from '../../sfu/mediaRouter.types.ts';
import { readKeyFrameRequests } from '../rtp/rtcp.ts';
import type { VideoCodec } from './pictureEncoder.types.ts';
import type { RtpOutput } from './rtpOutput.ts';
import { pictureParameters, soundParameters } from './trackParameters.ts';

export interface TrackOutputs {
  readonly cname: string;
  readonly sound: RtpOutput;
  /** Smallest first; none without a face. */
  readonly pictures: readonly RtpOutput[];
  readonly codec: VideoCodec;
}

export interface TrackLinkListener {
  keyFrameRequested(layer: number): void;
  layersWanted(layers: readonly number[]): void;
}

/** The tracks of one synthesized participant on one router, and the way of its packets to them. */
export class TrackLink {
  readonly soundTrackId: string;
  readonly pictureTrackId: string | undefined;
  readonly #direct: DirectMedia;
  readonly #outputs: TrackOutputs;

  /** @throws TritoneError `media.worker_died`, `room.closed` */
  static async open(router: MediaRouter, outputs: TrackOutputs, listener: TrackLinkListener): Promise<TrackLink> {
    const { cname, sound, pictures, codec } = outputs;
    const direct = await router.openDirect();
    direct.events.on('rtcp', (packet) => {
      for (const ssrc of readKeyFrameRequests(packet)) {
        const layer = pictures.findIndex((output) => output.ssrc === ssrc);
        if (layer >= 0) listener.keyFrameRequested(layer);
      }
    });
    direct.events.on('layersWanted', (_, layers) => listener.layersWanted(layers));
    try {
      const soundTrack = await direct.publish({
        kind: 'audio',
        source: 'microphone',
        rtpParameters: soundParameters(sound, cname),
      });
      if (pictures.length === 0) return new TrackLink(direct, outputs, soundTrack, undefined);
      const pictureTrack = await direct.publish({
        kind: 'video',
        source: 'camera',
        rtpParameters: pictureParameters(codec, pictures, cname),
      });
      return new TrackLink(direct, outputs, soundTrack, pictureTrack);
    } catch (cause) {
      direct.close();
      throw cause;
    }
  }

  private constructor(
    direct: DirectMedia,
    outputs: TrackOutputs,
    soundTrack: DirectTrack,
    pictureTrack: DirectTrack | undefined,
  ) {
    this.#direct = direct;
    this.#outputs = outputs;
    this.soundTrackId = soundTrack.trackId;
    this.pictureTrackId = pictureTrack?.trackId;
    outputs.sound.connect((datagram) => soundTrack.send(datagram));
    for (const output of outputs.pictures) output.connect((datagram) => pictureTrack?.send(datagram));
  }

  sendRtcp(packet: Buffer): void {
    this.#direct.sendRtcp(packet);
  }

  /** Ends the tracks; what is sent is dropped. Twice is once. */
  close(): void {
    this.#outputs.sound.disconnect();
    for (const output of this.#outputs.pictures) output.disconnect();
    this.#direct.close();
  }
}
