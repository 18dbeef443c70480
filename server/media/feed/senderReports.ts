import type { Clock } from '../../streams/clock.ts';
import { writeSenderReport } from '../rtp/rtcp.ts';
import type { PlayoutClock } from './playoutClock.ts';
import type { RtpOutput } from './rtpOutput.ts';

const EVERY_MS = 1000;
/** mediasoup knows the sender's clock after three reports and keeps the middle of the last ones: the first come quickly. */
const QUICK_AFTER_MS = [5, 10];

export interface SenderReportsOptions {
  readonly outputs: readonly RtpOutput[];
  /** Of all tracks: viewers play only what shares it in step. */
  readonly cname: string;
  readonly playout: PlayoutClock;
  readonly clock: Clock;
  readonly sendRtcp: (rtcp: Buffer) => void;
}

/** Tells viewers how the timestamps of each output lie on one wall clock: quickly after its first packet, then once a second. */
export class SenderReports {
  readonly #options: SenderReportsOptions;
  readonly #known = new Set<RtpOutput>();
  readonly #pending = new Set<() => void>();
  #lastMs = 0;

  constructor(options: SenderReportsOptions) {
    this.#options = options;
  }

  /** To be called when packets have left. */
  sendDue(mediaMs: number): void {
    const begun = this.#options.outputs.filter((output) => output.begun);
    for (const output of begun) {
      if (this.#known.has(output)) continue;
      this.#known.add(output);
      this.#report(output);
      for (const afterMs of QUICK_AFTER_MS) this.#later(afterMs, () => this.#report(output));
    }
    if (mediaMs - this.#lastMs < EVERY_MS) return;
    this.#lastMs = mediaMs;
    for (const output of begun) this.#report(output);
  }

  /** The listener is another: everything is told anew. */
  restart(): void {
    this.close();
    this.#known.clear();
  }

  close(): void {
    for (const forget of this.#pending) forget();
    this.#pending.clear();
  }

  #later(ms: number, task: () => void): void {
    const forget = this.#options.clock.after(ms, () => {
      this.#pending.delete(forget);
      task();
    });
    this.#pending.add(forget);
  }

  #report(output: RtpOutput): void {
    if (!output.begun) return;
    const { playout, cname, sendRtcp } = this.#options;
    const { mediaMs, wallMs } = playout.read();
    const { ssrc, packets, octets } = output;
    sendRtcp(writeSenderReport({ ssrc, wallMs, rtpTimestamp: output.timestampAt(mediaMs), packets, octets, cname }));
  }
}
