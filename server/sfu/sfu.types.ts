import type { Clock } from '../streams/clock.ts';
import type { Log } from '../streams/log.ts';
import type { Metrics } from '../streams/metrics.ts';

export interface SfuOptions {
  /** mediasoup's own choice unless given. */
  readonly workerBin?: string | undefined;
  /** One a core unless given. */
  readonly workers?: number | undefined;
  /** Where the workers' sockets listen; every interface unless given. */
  readonly listenAddress?: string | undefined;
  /** What browsers are told, best first: IP addresses or host names. 127.0.0.1 unless given. */
  readonly announcedAddresses?: readonly string[] | undefined;
  /** Worker n listens on UDP and TCP port `rtcPort + n`. Any free ports when absent or 0. */
  readonly rtcPort?: number | undefined;
  /** Of each participant; `defaultPeerLimits` unless given. */
  readonly limits?: PeerLimits | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface PeerLimits {
  readonly transports: number;
  readonly tracks: number;
  readonly consumers: number;
  /** Bits a second that one browser may send. */
  readonly incomingBitrate: number;
}

export const defaultPeerLimits: PeerLimits = {
  transports: 6,
  tracks: 8,
  consumers: 400,
  incomingBitrate: 6_000_000,
};
