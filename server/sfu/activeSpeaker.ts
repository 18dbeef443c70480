import type { types } from 'mediasoup';

const INTERVAL_MS = 300;
/** Quieter than this nobody speaks. */
const THRESHOLD_DBOV = -60;
/** People who may be loud at once: the dominant one must be among them. */
const MAX_LOUD = 20;

/**
 * Who speaks, told only when it changes; undefined when nobody does. mediasoup's dominant-speaker observer names a person
 * even in silence and never takes it back, so its level observer tells whether that person is heard.
 */
export class ActiveSpeaker {
  readonly #dominance: types.ActiveSpeakerObserver;
  readonly #level: types.AudioLevelObserver;
  readonly #changed: (trackId: string | undefined) => void;
  #dominant: types.Producer | undefined;
  #told: string | undefined;

  static async open(router: types.Router, changed: (trackId: string | undefined) => void): Promise<ActiveSpeaker> {
    const dominance = await router.createActiveSpeakerObserver({ interval: INTERVAL_MS });
    const level = await router.createAudioLevelObserver({
      maxEntries: MAX_LOUD,
      threshold: THRESHOLD_DBOV,
      interval: INTERVAL_MS,
    });
    return new ActiveSpeaker(dominance, level, changed);
  }

  private constructor(
    dominance: types.ActiveSpeakerObserver,
    level: types.AudioLevelObserver,
    changed: (trackId: string | undefined) => void,
  ) {
    this.#dominance = dominance;
    this.#level = level;
    this.#changed = changed;
    dominance.on('dominantspeaker', ({ producer }) => {
      this.#dominant = producer;
      if (this.#told !== undefined) this.#tell(producer);
    });
    level.on('volumes', (loud) => {
      const dominantIsLoud = loud.some(({ producer }) => producer === this.#dominant);
      this.#tell(dominantIsLoud ? this.#dominant : loud[0]?.producer);
    });
    level.on('silence', () => this.#tell(undefined));
  }

  /** A producer leaves by itself when it closes. */
  async watch(producer: types.Producer): Promise<void> {
    const left = () => {
      if (this.#dominant === producer) this.#dominant = undefined;
      if (this.#told === producer.id) this.#tell(undefined);
    };
    producer.observer.once('close', left);
    producer.observer.on('pause', left);
    await this.#dominance.addProducer({ producerId: producer.id });
    await this.#level.addProducer({ producerId: producer.id });
  }

  #tell(producer: types.Producer | undefined): void {
    const trackId = producer === undefined || producer.closed || producer.paused ? undefined : producer.id;
    if (trackId === this.#told) return;
    this.#told = trackId;
    this.#changed(trackId);
  }
}
