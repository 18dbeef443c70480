import type { RTCDtlsTransport, RtpPacket } from 'werift';
import type { LogEvent } from '../../shared/roomLog.ts';
import { Signalling } from '../tritone/signalling.ts';
import { connectWebRtc } from '../tritone/webRtcConnection.ts';

/** Without them the router sends what is asked for, whatever the line: nobody answers its estimates here. */
const ESTIMATES = new Set(['transport-cc', 'goog-remb']);

export interface SeenPacket {
  /** performance.now of its arrival. */
  readonly atMs: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Buffer;
}

export interface SeenTrack {
  readonly participantId: string;
  readonly kind: 'audio' | 'video';
  /** performance.now when it was asked for. */
  readonly askedAtMs: number;
  readonly packets: SeenPacket[];
}

interface Codec {
  readonly rtcpFeedback?: readonly { readonly type: string }[];
}

/** A participant of a real call who watches and hears everyone through WebRTC, packet by packet, and decodes nothing. */
export class RoomViewer {
  readonly #signalling: Signalling;
  readonly #tracks = new Map<string, SeenTrack>();
  readonly #bySsrc = new Map<number, SeenTrack>();
  #capabilities: Record<string, unknown> = {};
  #transportId = '';
  #dtls: RTCDtlsTransport | undefined;
  #keeps = true;

  static async join(url: string, room: string): Promise<RoomViewer> {
    const viewer = new RoomViewer(await Signalling.connect(url));
    await viewer.#enter(room);
    return viewer;
  }

  private constructor(signalling: Signalling) {
    this.#signalling = signalling;
  }

  get tracks(): readonly SeenTrack[] {
    return [...this.#tracks.values()];
  }

  trackOf(participantId: string, kind: SeenTrack['kind']): SeenTrack | undefined {
    return this.tracks.find((track) => track.participantId === participantId && track.kind === kind);
  }

  /** What has come is forgotten. */
  clear(): void {
    for (const { packets } of this.#tracks.values()) packets.length = 0;
  }

  close(): void {
    this.#keeps = false;
    this.#signalling.close();
    void this.#dtls?.stop();
    void this.#dtls?.iceTransport.stop();
  }

  async #enter(room: string): Promise<void> {
    const signalling = this.#signalling;
    const joined = await signalling.request('room:join', { room, name: 'Viewer' });
    const { codecs, ...rest } = joined.routerRtpCapabilities as { codecs: Codec[] };
    this.#capabilities = {
      ...rest,
      codecs: codecs.map(({ rtcpFeedback = [], ...codec }) => ({
        ...codec,
        rtcpFeedback: rtcpFeedback.filter(({ type }) => !ESTIMATES.has(type)),
      })),
    };
    const transport = await signalling.request('transport:create', { direction: 'receive' });
    this.#transportId = transport.transportId;
    // What comes in the log meanwhile waits for the transport.
    const waiting: LogEvent[] = joined.entries.map(({ event }) => event);
    signalling.on('log', ({ entries }) => {
      for (const { event } of entries)
        if (this.#dtls === undefined) waiting.push(event);
        else void this.#see(event);
    });
    const { transportId } = transport;
    this.#dtls = await connectWebRtc(transport, (dtlsParameters) =>
      signalling.request('transport:connect', { transportId, dtlsParameters }),
    );
    this.#dtls.onRtp.subscribe((packet) => this.#receive(packet));
    for (const event of waiting) await this.#see(event);
  }

  async #see(event: LogEvent): Promise<void> {
    if (event.type === 'track-closed') this.#tracks.delete(event.trackId);
    if (event.type !== 'track-published' || this.#tracks.has(event.trackId)) return;
    const { trackId, participantId, kind } = event;
    const track: SeenTrack = { participantId, kind, askedAtMs: performance.now(), packets: [] };
    this.#tracks.set(trackId, track);
    const { consumerId, rtpParameters } = await this.#signalling.request('consumer:create', {
      transportId: this.#transportId,
      trackId,
      rtpCapabilities: this.#capabilities,
    });
    const [encoding] = rtpParameters.encodings as { ssrc: number }[];
    if (encoding !== undefined) this.#bySsrc.set(encoding.ssrc, track);
    await this.#signalling.request('consumer:resume', { consumerId });
  }

  #receive({ header, payload }: RtpPacket): void {
    const track = this.#bySsrc.get(header.ssrc);
    if (track === undefined || !this.#keeps) return;
    const { sequenceNumber: sequence, timestamp, marker } = header;
    track.packets.push({ atMs: performance.now(), sequence, timestamp, marker, payload });
  }
}
