import { BoundedQueue } from '../../streams/boundedQueue.ts';
import type { Clock } from '../../streams/clock.ts';
import type { Metrics } from '../../streams/metrics.ts';
import { LiveOpusDecoder } from '../codecs/liveOpusDecoder.ts';
import { PCM_RATE, type PcmChunk } from '../pcmChunk.ts';
import { readAbsCaptureTime, readAudioLevel } from '../rtp/headerExtensions.ts';
import { parseRtp } from '../rtp/rtpPacket.ts';
import { type Ordered, PacketOrder } from './packetOrder.ts';
import { type OpusPacket, PcmLine } from './pcmLine.ts';
import { TapMeter, type TapStats } from './tapMeter.ts';
import { Timeline } from './timeline.ts';

/** Time for a retransmission of a gap. */
const GAP_WAIT_MS = 120;
/** A second of 20 ms packets. */
const MAX_WAITING_PACKETS = 50;
const FILL_EVERY_MS = 100;
/** A timer this late tells that the event loop was held up: packets are waiting to be read, and come first. */
const HELD_UP_MS = 40;
const MAX_QUEUED_MS = 2000;

export interface RtpToPcmOptions {
  /** RFC 8285 ids as negotiated; undefined where the sender has none. */
  readonly audioLevelId: number | undefined;
  readonly captureTimeId: number | undefined;
  /** Reads the RoomClock, ms. */
  readonly roomNowMs: () => number;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** One Opus stream, from datagrams to chunks. Knows no SFU, so that a captured stream can be replayed in virtual time. */
export class RtpToPcm {
  /** For one reader. A slow one loses the oldest after 2 s (`startSample` shows the gap). */
  readonly chunks: AsyncIterable<PcmChunk>;
  readonly #options: RtpToPcmOptions;
  readonly #meter: TapMeter;
  readonly #decoder = new LiveOpusDecoder();
  readonly #timeline = new Timeline();
  readonly #order: PacketOrder<OpusPacket>;
  readonly #line: PcmLine;
  readonly #queue = new BoundedQueue<{ chunk: PcmChunk; arrivedMs: number | undefined }>({
    limit: MAX_QUEUED_MS,
    weigh: ({ chunk }) => chunk.pcm.length / (PCM_RATE / 1000),
    whenFull: 'drop-oldest',
  });
  #ssrc: number | undefined;
  #tellsCaptureTime = false;
  #forgetGap: (() => void) | undefined;
  #forgetFill: () => void = () => {};
  #closed = false;

  constructor(options: RtpToPcmOptions) {
    this.#options = options;
    this.chunks = this.#read();
    this.#meter = new TapMeter(options.metrics);
    this.#order = new PacketOrder({
      maxWaitMs: GAP_WAIT_MS,
      maxWaiting: MAX_WAITING_PACKETS,
      late: () => this.#meter.count('latePackets', 1),
      duplicate: () => this.#meter.count('duplicatePackets', 1),
    });
    this.#line = new PcmLine({
      timeline: this.#timeline,
      decoder: this.#decoder,
      meter: this.#meter,
      nowMs: () => options.clock.nowMs(),
      emit: (chunk, arrivedMs) => this.#meter.count('droppedMs', this.#queue.push({ chunk, arrivedMs })),
    });
    this.#fillLater();
  }

  get stats(): Readonly<TapStats> {
    return this.#meter.stats;
  }

  /** An RTP packet; anything else is ignored. */
  push(datagram: Uint8Array): void {
    const packet = parseRtp(datagram);
    if (this.#closed || packet === undefined || packet.payload.length === 0) return;
    this.#meter.count('packets', 1);
    this.#follow(packet.ssrc);
    const { audioLevelId, captureTimeId, clock, roomNowMs } = this.#options;
    const { payload, timestamp } = packet;
    const item = { payload, timestamp, levelDbov: readAudioLevel(packet, audioLevelId), arrivedMs: roomNowMs() };
    this.#accept(this.#order.push(packet.sequence, item, clock.nowMs()));
    const capturedMs = readAbsCaptureTime(packet, captureTimeId);
    if (capturedMs !== undefined) {
      this.#tellsCaptureTime = true;
      this.#timeline.reported(capturedMs, timestamp);
    }
    this.#watchGap();
  }

  /** A sender report (RFC 3550 §6.4.1): the sender's clock, ms of any epoch, at a timestamp. */
  reported(senderMs: number, timestamp: number): void {
    if (!this.#tellsCaptureTime) this.#timeline.reported(senderMs, timestamp);
  }

  /** The track was paused and comes again. */
  resumed(): void {
    this.#timeline.resumed();
  }

  /** Decodes what waits; `chunks` then ends. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#forgetFill();
    this.#forgetGap?.();
    this.#accept(this.#order.flush());
    this.#decoder.close();
    this.#queue.close();
  }

  #follow(ssrc: number): void {
    if (this.#ssrc !== undefined && this.#ssrc !== ssrc) {
      this.#accept(this.#order.restart());
      this.#timeline.restarted();
    }
    this.#ssrc = ssrc;
  }

  #accept(packets: readonly Ordered<OpusPacket>[]): void {
    for (const packet of packets) this.#line.accept(packet);
  }

  #watchGap(): void {
    const deadlineMs = this.#order.deadlineMs;
    if (deadlineMs === undefined || this.#forgetGap !== undefined) return;
    const { clock } = this.#options;
    this.#forgetGap = clock.after(Math.max(0, deadlineMs - clock.nowMs()), () => {
      this.#forgetGap = undefined;
      this.#accept(this.#order.expire(clock.nowMs()));
      this.#watchGap();
    });
  }

  #fillLater(): void {
    const { clock, roomNowMs } = this.#options;
    const dueMs = clock.nowMs() + FILL_EVERY_MS;
    this.#forgetFill = clock.after(FILL_EVERY_MS, () => {
      const heldUp = clock.nowMs() > dueMs + HELD_UP_MS;
      // What waits behind a gap will be written within its deadline; silence must not take its place.
      if (!heldUp && this.#order.deadlineMs === undefined) this.#line.fill(roomNowMs());
      this.#fillLater();
    });
  }

  async *#read(): AsyncGenerator<PcmChunk, void, void> {
    for await (const { chunk, arrivedMs } of this.#queue) {
      if (arrivedMs !== undefined) this.#meter.latencyMs.observe(this.#options.roomNowMs() - arrivedMs);
      yield chunk;
    }
  }
}
