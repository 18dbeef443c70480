import type { OpusDecoder } from '../codecs/opusDecoder.types.ts';
import { hasInbandFec, isDtx, OPUS_CLOCK_RATE, opusDuration } from '../codecs/opusPacket.ts';
import { PCM_RATE, type PcmChunk } from '../pcmChunk.ts';
import type { Ordered } from './packetOrder.ts';
import type { TapMeter } from './tapMeter.ts';
import type { Timeline } from './timeline.ts';

const SAMPLES_PER_MS = PCM_RATE / 1000;
/** Beyond this concealment only buzzes; silence is honest. */
const MAX_CONCEALED_SAMPLES = 120 * SAMPLES_PER_MS;
/** What a longer loss is faded out over. */
const FADE_SAMPLES = 40 * SAMPLES_PER_MS;
const MAX_SILENCE_SAMPLES = 100 * SAMPLES_PER_MS;
const MIN_FILL_SAMPLES = 20 * SAMPLES_PER_MS;
/** libopus conceals in steps of 2.5 ms. */
const CONCEAL_STEP_SAMPLES = 40;

export interface OpusPacket {
  readonly payload: Uint8Array;
  readonly timestamp: number;
  readonly levelDbov: number | undefined;
  /** RoomClock. */
  readonly arrivedMs: number;
}

export interface PcmLineOptions {
  readonly timeline: Timeline;
  readonly decoder: OpusDecoder;
  readonly meter: TapMeter;
  /** Monotonic ms, for measuring. */
  readonly nowMs: () => number;
  /** `arrivedMs` of the packet that brought it; undefined for what was filled in. */
  readonly emit: (chunk: PcmChunk, arrivedMs: number | undefined) => void;
}

/** Opus packets in order become PCM without a hole: losses rebuilt or concealed, everything else that is missing silent. */
export class PcmLine {
  readonly #options: PcmLineOptions;
  /** Packets lost right before the next one. */
  #lost = 0;
  #silent = true;
  /** The last packet was sound, not the notice that nothing comes. */
  #talking = false;
  /** Since the last sound that was written, packets were lost or came too late. */
  #missed = false;

  constructor(options: PcmLineOptions) {
    this.#options = options;
  }

  accept({ item: packet, lost, jumped }: Ordered<OpusPacket>): void {
    const { timeline, meter } = this.#options;
    this.#lost += lost;
    if (lost > 0 || jumped) this.#missed = true;
    meter.count('lostPackets', lost);
    const samples = (opusDuration(packet.payload) * PCM_RATE) / OPUS_CLOCK_RATE;
    if (samples === 0) {
      meter.count('corruptPackets', 1);
      this.#lost += 1;
      this.#missed = true;
      return;
    }
    const start = timeline.place(packet.timestamp, samples, packet.arrivedMs);
    if (start === undefined || start + samples <= timeline.position) {
      meter.count('latePackets', 1);
      this.#missed = true;
      return;
    }
    this.#talking = !isDtx(packet.payload);
    this.#bridge(start - timeline.position, packet.payload, samples);
    this.#lost = 0;
    this.#decode(packet, samples, timeline.position - start);
    this.#missed = false;
  }

  /** Writes silence as far as real time allows while nothing comes. */
  fill(roomNowMs: number): void {
    const { timeline } = this.#options;
    const missing = timeline.fillableUntil(roomNowMs, this.#talking) - timeline.position;
    if (missing >= MIN_FILL_SAMPLES) this.#breakOff(missing);
  }

  #decode({ payload, levelDbov, arrivedMs }: OpusPacket, samples: number, overlap: number): void {
    const { decoder, meter, nowMs } = this.#options;
    if (isDtx(payload)) {
      this.#silence(samples - overlap, levelDbov, arrivedMs);
      return;
    }
    const startedMs = nowMs();
    const pcm = decoder.decode(payload);
    meter.decodeUs.observe((nowMs() - startedMs) * 1000);
    if (pcm !== undefined) {
      this.#write(pcm.subarray(overlap), 'heard', levelDbov, arrivedMs);
      return;
    }
    meter.count('corruptPackets', 1);
    this.#write(decoder.conceal(samples).subarray(overlap), 'concealed', undefined, arrivedMs);
  }

  /** Fills the `gap` before a packet that lies ahead of what has been written. */
  #bridge(gap: number, next: Uint8Array, nextSamples: number): void {
    if (gap <= 0) return;
    const rebuilt = this.#lost > 0 && gap >= nextSamples && hasInbandFec(next) ? nextSamples : 0;
    const before = gap - rebuilt;
    if (this.#lost === 0 || this.#silent) this.#silence(before, undefined, undefined);
    else if (gap <= MAX_CONCEALED_SAMPLES) this.#conceal(before, false);
    else this.#breakOff(before);
    if (rebuilt > 0) this.#recover(next, rebuilt);
  }

  /** Fades out what was being said, then is silent. */
  #breakOff(samples: number): void {
    const fading = this.#silent ? 0 : Math.min(FADE_SAMPLES, samples);
    this.#conceal(fading, true);
    this.#silence(samples - fading, undefined, undefined);
  }

  #conceal(samples: number, fadesOut: boolean): void {
    const whole = samples - (samples % CONCEAL_STEP_SAMPLES);
    if (whole > 0) {
      const pcm = this.#options.decoder.conceal(whole);
      if (fadesOut) fadeOut(pcm);
      this.#options.meter.count('concealedMs', pcm.length / SAMPLES_PER_MS);
      this.#write(pcm, 'concealed', undefined, undefined);
    }
    this.#silence(samples - whole, undefined, undefined);
  }

  #recover(next: Uint8Array, samples: number): void {
    const { decoder, meter } = this.#options;
    const pcm = decoder.recover(next, samples);
    if (pcm === undefined) {
      this.#silence(samples, undefined, undefined);
      return;
    }
    meter.count('recoveredMs', samples / SAMPLES_PER_MS);
    this.#write(pcm, 'concealed', undefined, undefined);
  }

  #silence(samples: number, levelDbov: number | undefined, arrivedMs: number | undefined): void {
    for (let left = samples; left > 0; left -= MAX_SILENCE_SAMPLES) {
      this.#write(new Int16Array(Math.min(left, MAX_SILENCE_SAMPLES)), 'silence', levelDbov, arrivedMs);
    }
  }

  #write(pcm: Int16Array, origin: PcmChunk['origin'], levelDbov: number | undefined, arrivedMs: number | undefined) {
    if (pcm.length === 0) return;
    const { timeline, meter, emit } = this.#options;
    const startSample = timeline.position;
    timeline.advance(pcm.length);
    this.#silent = origin === 'silence';
    if (origin === 'heard') meter.count('heardMs', pcm.length / SAMPLES_PER_MS);
    if (origin === 'silence') meter.count('silenceMs', pcm.length / SAMPLES_PER_MS);
    const startMs = timeline.roomMs(startSample);
    const announced = this.#silent && !this.#talking;
    emit({ pcm, startSample, startMs, levelDbov, origin, announced, afterLoss: this.#missed }, arrivedMs);
  }
}

function fadeOut(pcm: Int16Array): void {
  for (let at = 0; at < pcm.length; at += 1) pcm[at] = Math.round((pcm[at] ?? 0) * (1 - at / pcm.length));
}
