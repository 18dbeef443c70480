import type { MediaRouter } from '../sfu/mediaRouter.types.ts';
import type { Clock } from '../streams/clock.ts';
import type { Log } from '../streams/log.ts';
import type { Metrics } from '../streams/metrics.ts';

export interface AudioTapOptions {
  router: MediaRouter;
  trackId: string;
  /** Reads the RoomClock, ms. */
  roomNowMs: () => number;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  signal: AbortSignal;
}
