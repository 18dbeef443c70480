import type { Counter, Metrics } from '../../streams/metrics.ts';

/** What a tap has done since it opened. */
export interface TapStats {
  packets: number;
  /** Packets that never came, or came too late to be waited for. */
  lostPackets: number;
  /** Packets of a time that had been filled already. */
  latePackets: number;
  duplicatePackets: number;
  /** Packets that are not Opus. */
  corruptPackets: number;
  heardMs: number;
  /** Rebuilt from the next packet's in-band FEC. */
  recoveredMs: number;
  /** Invented by the decoder's loss concealment. */
  concealedMs: number;
  silenceMs: number;
  /** Thrown away because the reader was slow. */
  droppedMs: number;
}

const LATENCY_BUCKETS_MS = [1, 2, 5, 10, 20, 30, 50, 100, 150, 250, 500, 1000, 2000];
const DECODE_BUCKETS_US = [10, 20, 50, 100, 200, 500, 1000, 5000];

/** Counts for one tap and, at once, for all of the process. */
export class TapMeter {
  readonly stats: TapStats = {
    packets: 0,
    lostPackets: 0,
    latePackets: 0,
    duplicatePackets: 0,
    corruptPackets: 0,
    heardMs: 0,
    recoveredMs: 0,
    concealedMs: 0,
    silenceMs: 0,
    droppedMs: 0,
  };
  readonly #counters: Readonly<Record<keyof TapStats, Counter>>;
  readonly latencyMs;
  readonly decodeUs;

  constructor(metrics: Metrics) {
    const packets = (outcome: string) =>
      metrics.counter('tritone_tap_packets_total', 'RTP packets of tapped tracks, by what became of them', { outcome });
    const sound = (origin: string) =>
      metrics.counter('tritone_tap_sound_ms_total', 'Sound from taps, ms, by where it came from', { origin });
    this.#counters = {
      packets: packets('received'),
      lostPackets: packets('lost'),
      latePackets: packets('late'),
      duplicatePackets: packets('duplicate'),
      corruptPackets: packets('corrupt'),
      heardMs: sound('heard'),
      recoveredMs: sound('recovered'),
      concealedMs: sound('concealed'),
      silenceMs: sound('silence'),
      droppedMs: sound('dropped'),
    };
    this.latencyMs = metrics.histogram('tritone_tap_latency_ms', 'RTP in to PCM read, ms', LATENCY_BUCKETS_MS);
    this.decodeUs = metrics.histogram('tritone_tap_decode_us', 'Decoding of one packet, us', DECODE_BUCKETS_US);
  }

  count(what: keyof TapStats, by: number): void {
    if (by === 0) return;
    this.stats[what] += by;
    this.#counters[what].inc(by);
  }
}
