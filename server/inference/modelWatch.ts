import { TritoneError } from '../../shared/errors.ts';
import type { Clock } from '../streams/clock.ts';
import type { Log } from '../streams/log.ts';
import type { Histogram } from '../streams/metrics.ts';
import { askCanary, askSpeechModel, askTranslator, askVoiceModel, CANARY_MODEL } from './canary.ts';
import { TRANSLATE } from './choosePair.ts';
import { SPEECH_TO_TEXT } from './chooseSpeechModel.ts';
import { TEXT_TO_SPEECH } from './chooseVoice.ts';
import type { LifeSigns } from './lifeSigns.ts';
import { type Abilities, borneOut, emptyCard, type ModelCard, readCard } from './modelCard.ts';
import type { TritonClient } from './tritonClient.ts';
import { sanitiseReason } from './tritonErrors.ts';
import type { ModelIndex } from './tritonService.ts';

/** A canary takes 2-10 ms; decoders that hold every core can stretch that to seconds. */
const CANARY_DEADLINE_MS = 3000;
/** A model that has said something so lately is not asked. */
const FRESH_MS = 2000;
const FIRST_CANARY_DEADLINE_MS = 10_000;
const MISSES_ALLOWED = 1;

export interface ModelWatchOptions {
  readonly client: TritonClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly canaryMs: Histogram;
  readonly signs: LifeSigns;
  /** Overrides of the models' parameters. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** What one look at a Triton found. */
export interface Look {
  readonly cards: readonly ModelCard[];
  /** Why it must be given up: something that worked does not any more. */
  readonly sick: string | undefined;
}

interface Health {
  answered: boolean;
  misses: number;
  reason: string | undefined;
}

/**
 * Looks at one Triton through its whole life. `ready` lies after the death of a model's process, so a model counts
 * as ready when it answers an inference; and one that has answered before and misses twice means a sick server.
 */
export class ModelWatch {
  readonly #options: ModelWatchOptions;
  readonly #cards = new Map<string, ModelCard>();
  readonly #health = new Map<string, Health>();
  /** What the weights that are loaded know. */
  readonly #told = new Map<string, Abilities>();

  constructor(options: ModelWatchOptions) {
    this.#options = options;
  }

  /** `loading`: models that are not loaded yet will be. @throws TritoneError where the server itself does not answer */
  async look(loading: boolean): Promise<Look> {
    const index = await this.#options.client.repositoryIndex();
    const cards = await Promise.all(index.map((entry) => this.#examine(entry, loading)));
    const sick = [...this.#health].find(([, health]) => health.answered && health.misses > MISSES_ALLOWED);
    return { cards, sick: sick && `${sick[0]} has stopped answering` };
  }

  async #examine(entry: ModelIndex, loading: boolean): Promise<ModelCard> {
    const { name, state } = entry;
    if (state === 'LOADING' || (state === '' && loading)) return this.#known(name, 'loading', 'it is loading');
    if (state !== 'READY') return this.#known(name, 'unavailable', sanitiseReason(entry.reason) || 'it is not loaded');
    try {
      const card = await this.#card(entry);
      const health = await this.#check(card);
      const told = this.#told.get(name);
      const known = told === undefined ? card : borneOut(card, told);
      if (health.misses === 0 || (health.answered && health.misses <= MISSES_ALLOWED)) return known;
      const given = health.answered || health.misses > MISSES_ALLOWED;
      return { ...known, state: given ? 'unavailable' : 'loading', reason: health.reason };
    } catch (cause) {
      const { message } = TritoneError.from(cause, 'inference.failed', { reason: 'its configuration cannot be read' });
      return this.#known(name, 'unavailable', message);
    }
  }

  #known(name: string, state: ModelCard['state'], reason: string): ModelCard {
    this.#health.delete(name);
    this.#told.delete(name);
    const card = this.#cards.get(name);
    return card === undefined ? emptyCard(name, state, reason) : { ...card, state, reason };
  }

  async #card({ name }: ModelIndex): Promise<ModelCard> {
    const { client, environment } = this.#options;
    const card = this.#cards.get(name) ?? readCard(await client.modelConfig(name), environment);
    this.#cards.set(name, card);
    return card;
  }

  async #check(card: ModelCard): Promise<Health> {
    const health = this.#health.get(card.name) ?? { answered: false, misses: 0, reason: undefined };
    this.#health.set(card.name, health);
    const { clock, log, canaryMs, signs } = this.#options;
    if (health.answered && signs.sinceMs(card.name) < FRESH_MS) return Object.assign(health, { misses: 0 });
    const startedAtMs = clock.nowMs();
    try {
      const told = await this.#ask(card, health);
      if (told !== undefined) this.#told.set(card.name, told);
      canaryMs.observe(clock.nowMs() - startedAtMs);
      Object.assign(health, { answered: true, misses: 0, reason: undefined });
    } catch (cause) {
      const failure = TritoneError.from(cause, 'inference.failed', { reason: 'its canary does not answer' });
      if (signs.sinceMs(card.name) < clock.nowMs() - startedAtMs) return health;
      // A dead process does not come back; a late answer may be the load.
      health.misses += failure.code === 'inference.unavailable' ? MISSES_ALLOWED + 1 : 1;
      health.reason = failure.message;
      log.warn({ model: card.name, code: failure.code, misses: health.misses, cause: failure.cause }, 'canary missed');
    }
    return health;
  }

  /** @returns what it says of itself, as far as it does */
  async #ask(card: ModelCard, { answered, misses }: Health): Promise<Abilities | undefined> {
    const { client, clock, signal } = this.#options;
    const deadlineMs = answered || misses > 0 ? CANARY_DEADLINE_MS : FIRST_CANARY_DEADLINE_MS;
    const call = { client, clock, signal, deadlineMs };
    if (card.name === CANARY_MODEL) await askCanary(call);
    const [language] = card.languages;
    if (language === undefined) return undefined;
    if (card.capability === SPEECH_TO_TEXT) return askSpeechModel({ ...call, model: card.name, language });
    if (card.capability === TRANSLATE && !answered) return askTranslator({ ...call, model: card.name });
    // Once: a voice in the middle of a long clause may be late to answer, and nobody's speech is worth a restart.
    if (card.capability === TEXT_TO_SPEECH && !answered) await askVoiceModel({ ...call, model: card.name, language });
    return undefined;
  }
}
