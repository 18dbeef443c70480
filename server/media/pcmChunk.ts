export const PCM_RATE = 16_000;

/** A stretch of one speaker's sound: mono, 16 kHz. */
export interface PcmChunk {
  pcm: Int16Array;
  /** Place on the track's own time line, samples since the tap's first packet; lost and silent time counts too, so it never jumps. */
  startSample: number;
  /** The same instant on the RoomClock, ms. */
  startMs: number;
  /** RFC 6464 level of the packet, -127 (silence) to 0 dBov; undefined where the sender does not tell. */
  levelDbov: number | undefined;
  /** `heard` was decoded; `concealed` rebuilt a lost packet (FEC or PLC); `silence` fills DTX, mute and long gaps. */
  origin: 'heard' | 'concealed' | 'silence';
  /** Silence that the sender has announced (DTX): it goes on until something else comes. */
  announced: boolean;
  /** Packets right before it were lost or came too late. Without that, a hole is the sender's own: it sent nothing. */
  afterLoss: boolean;
}
