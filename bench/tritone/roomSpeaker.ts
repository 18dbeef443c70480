import type { RTCDtlsTransport } from 'werift';
import type { Caption } from '../../shared/captions.ts';
import type { Notice } from '../../shared/protocol.ts';
import { FRAME_MS, type OpusFrame } from '../audio/opusFrames.ts';
import type { Speaker } from '../run/speakTimelines.ts';
import type { Shown } from '../score/recording.ts';
import { RtpStream } from './rtpStream.ts';
import { Signalling } from './signalling.ts';
import { connectWebRtc } from './webRtcConnection.ts';

const CLOCK_READINGS = 5;

export interface RoomSpeakerOptions {
  readonly url: string;
  readonly room: string;
  readonly name: string;
  readonly language: string;
  /** What is said in each round. */
  readonly frames: readonly OpusFrame[];
  /** What the microphone hears after the last round, again and again. */
  readonly pause: readonly OpusFrame[];
}

/** A participant of a real call: speaks through WebRTC, reads its own captions from the room's log. */
export class RoomSpeaker implements Speaker {
  readonly shown: Shown[] = [];
  readonly #signalling: Signalling;
  readonly #frames: readonly OpusFrame[];
  readonly #pause: readonly OpusFrame[];
  readonly #stream = new RtpStream();
  #dtls: RTCDtlsTransport | undefined;
  /** Reading of the bench's clock at RoomClock 0. */
  #roomZeroMs = 0;
  #startedAtMs = Number.POSITIVE_INFINITY;
  #rounds = 0;
  #sentFrames = 0;

  /** Settles when its microphone is published. @throws TritoneError */
  static async join(options: RoomSpeakerOptions): Promise<RoomSpeaker> {
    const { url, room, name, language } = options;
    const signalling = await Signalling.connect(url);
    const speaker = new RoomSpeaker(signalling, options);
    const { participantId } = await signalling.request('room:join', { room, name, language });
    signalling.on('log', (notice) => speaker.#read(notice, participantId));
    await speaker.#readClock();
    await speaker.#publish();
    return speaker;
  }

  private constructor(signalling: Signalling, { frames, pause }: RoomSpeakerOptions) {
    this.#signalling = signalling;
    this.#frames = frames;
    this.#pause = pause;
  }

  start(atMs: number, rounds: number): void {
    this.#startedAtMs = atMs;
    this.#rounds = rounds;
  }

  /** A frame is sent when its last sample was spoken. */
  sendDue(nowMs: number): void {
    const dtls = this.#dtls;
    while (dtls !== undefined && this.#startedAtMs + (this.#sentFrames + 1) * FRAME_MS <= nowMs) {
      const frames = this.#sentFrames < this.#rounds * this.#frames.length ? this.#frames : this.#pause;
      const frame = frames[this.#sentFrames % frames.length];
      if (frame !== undefined) this.#stream.send(dtls, frame, this.#sentFrames);
      this.#sentFrames += 1;
    }
  }

  close(): void {
    this.#signalling.close();
    void this.#dtls?.stop();
    void this.#dtls?.iceTransport.stop();
  }

  async #publish(): Promise<void> {
    const transport = await this.#signalling.request('transport:create', { direction: 'send' });
    const { transportId } = transport;
    this.#dtls = await connectWebRtc(transport, (dtlsParameters) =>
      this.#signalling.request('transport:connect', { transportId, dtlsParameters }),
    );
    const { rtpParameters } = this.#stream;
    const microphone = { kind: 'audio', source: 'microphone', rtpParameters } as const;
    await this.#signalling.request('track:publish', { transportId, ...microphone });
  }

  /** The reading that came back fastest is the best. */
  async #readClock(): Promise<void> {
    let fastestMs = Number.POSITIVE_INFINITY;
    for (let count = 0; count < CLOCK_READINGS; count += 1) {
      const askedAtMs = performance.now();
      const { nowMs } = await this.#signalling.request('clock:read', {});
      const tripMs = performance.now() - askedAtMs;
      if (tripMs < fastestMs) this.#roomZeroMs = askedAtMs + tripMs / 2 - nowMs;
      fastestMs = Math.min(fastestMs, tripMs);
    }
  }

  #read({ entries }: Notice<'log'>, participantId: string): void {
    const atMs = performance.now();
    for (const { event } of entries) {
      if (event.type !== 'caption' || event.caption.participantId !== participantId) continue;
      this.shown.push({ atMs, pieces: [this.#piece(event.caption)] });
    }
  }

  #piece({ id, startMs, endMs, text, final }: Caption) {
    return { id, startMs: this.#roomZeroMs + startMs, endMs: this.#roomZeroMs + endMs, text, final };
  }
}
