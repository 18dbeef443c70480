import type { SpeechToText } from '../../inference/speechToText.types.ts';
import type { Feature, RoomHandle } from '../../rooms/roomHandle.ts';
import type { Clock } from '../../streams/clock.ts';
import type { Log } from '../../streams/log.ts';
import type { Metrics } from '../../streams/metrics.ts';
import { type CaptionMetrics, captionMetrics } from './captionMetrics.ts';
import { OpeningLine } from './openingLine.ts';
import { RoomCaptions } from './roomCaptions.ts';

export interface CaptionsFeatureOptions {
  speechToText: SpeechToText;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}

/** Live captions for every call: what each participant says, as entries of the room's log. */
export class CaptionsFeature implements Feature {
  readonly name = 'captions';
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #metrics: CaptionMetrics;
  /** One for all rooms: they share the recogniser's slots. */
  readonly #line: OpeningLine;

  constructor({ speechToText, clock, log, metrics }: CaptionsFeatureOptions) {
    this.#clock = clock;
    this.#log = log.child({ feature: this.name });
    this.#metrics = captionMetrics(metrics);
    this.#line = new OpeningLine(speechToText, clock);
  }

  attach(room: RoomHandle): RoomCaptions {
    return new RoomCaptions({ room, line: this.#line, clock: this.#clock, log: this.#log, metrics: this.#metrics });
  }
}
