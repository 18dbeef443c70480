import type { types } from 'mediasoup';

const LEVEL_INTERVAL_MS = 500;
/** Quieter than this nobody speaks. */
const THRESHOLD_DBOV = -60;

/**
 * Who speaks, told only when it changes; undefined when nobody does. mediasoup's dominant-speaker observer names a person
 * and never takes it back, so its level observer tells of silence.
 */
export class ActiveSpeaker {
  readonly #dominance: types.ActiveSpeakerObserver;
  readonly #level: types.AudioLevelObserver;
  readonly #changed: (trackId: string | undefined) => void;
  #dominant: types.Producer | undefined;
  #told: string | undefined;

  static async open(router: types.Router, changed: (trackId: string | undefined) => void): Promise<ActiveSpeaker> {
    const dominance = await router.createActiveSpeakerObserver({ interval: 300 });
    const level = await router.createAudioLevelObserver({
      maxEntries: 1,
      threshold: THRESHOLD_DBOV,
      interval: LEVEL_INTERVAL_MS,
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
      this.#tell(producer);
    });
    level.on('volumes', ([loudest]) => this.#tell(this.#dominant ?? loudest?.producer));
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
