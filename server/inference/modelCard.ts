import type { ModelConfig } from './tritonService.ts';

/** Where a model says nothing of how many sessions it serves. */
const DEFAULT_MAX_SESSIONS = 8;
/** Slots of Triton that admission never gives away: canaries, and sequences that are just being ended. */
const SPARE_SEQUENCES = 2;

export interface VoiceName {
  readonly name: string;
  /** One of the model's `languages`. */
  readonly language: string;
}

export interface LanguagePair {
  readonly source: string;
  readonly target: string;
}

/** One model as the catalogue shows it: its config.pbtxt `parameters`, and how it is now. */
export interface ModelCard {
  readonly name: string;
  readonly state: 'ready' | 'loading' | 'unavailable';
  /** Why it is not ready, in a sentence for people. */
  readonly reason: string | undefined;
  /** `speech-to-text`, `translate`, …; undefined where the model declares none. */
  readonly capability: string | undefined;
  /** Primary tags, as the model's own vocabulary has them. */
  readonly languages: readonly string[];
  /** Of a model that speaks; a voice stands once for each of its languages. */
  readonly voices: readonly VoiceName[];
  /** Of a model that translates; none named means every language into every other. */
  readonly pairs: readonly LanguagePair[];
  readonly sampleRate: number | undefined;
  readonly license: string | undefined;
  readonly vramMb: number | undefined;
  readonly maxSessions: number;
  /** Those of `languages` that it is not yet good at. */
  readonly experimental: readonly string[];
  /** All of it, whatever the language. */
  readonly isExperimental: boolean;
}

/** What the weights that a model has loaded know; `pairs` as on a card. */
export interface Abilities {
  readonly languages: readonly string[];
  readonly pairs: readonly LanguagePair[];
}

/**
 * The card as far as the weights bear it out: weights are chosen by parameter, and an operator may want fewer languages than
 * they know. Where the two have none in common, the weights are right.
 */
export function borneOut(card: ModelCard, { languages: known, pairs }: Abilities): ModelCard {
  const common = card.languages.filter((language) => known.includes(language));
  const languages = common.length > 0 ? common : known;
  const fits = ({ source, target }: LanguagePair) => languages.includes(source) && languages.includes(target);
  const isTold = (pair: LanguagePair) =>
    pairs.length === 0 || pairs.some(({ source, target }) => source === pair.source && target === pair.target);
  return {
    ...card,
    languages,
    pairs: (card.pairs.length > 0 ? card.pairs.filter(isTold) : pairs).filter(fits),
    experimental: card.isExperimental
      ? languages
      : card.experimental.filter((language) => languages.includes(language)),
  };
}

/** The card of a model of which nothing but its name is known. */
export function emptyCard(name: string, state: ModelCard['state'], reason?: string): ModelCard {
  return {
    name,
    state,
    reason,
    capability: undefined,
    languages: [],
    voices: [],
    pairs: [],
    sampleRate: undefined,
    license: undefined,
    vramMb: undefined,
    maxSessions: 1,
    experimental: [],
    isExperimental: false,
  };
}

/** `environment`: its TRITONE_<MODEL>_<PARAMETER> wins, as it does in the model itself (python/tritone_models/parameters.py). */
export function readCard(config: ModelConfig, environment: Readonly<Record<string, string>> = {}): ModelCard {
  const variable = (key: string) => `TRITONE_${config.name}_${key}`.toUpperCase().replace(/[^A-Z0-9]/g, '_');
  const text = (key: string) =>
    environment[variable(key)]?.trim() || config.parameters[key]?.string_value.trim() || undefined;
  const count = (key: string) => {
    const value = Number(text(key));
    return Number.isFinite(value) && value > 0 ? value : undefined;
  };
  const languages = readLanguages(text('languages'));
  const candidates = config.sequence_batching?.oldest?.max_candidate_sequences ?? 0;
  const held = candidates > 0 ? Math.max(1, candidates - SPARE_SEQUENCES) : Number.POSITIVE_INFINITY;
  return {
    name: config.name,
    state: 'ready',
    reason: undefined,
    capability: text('capability'),
    languages,
    voices: readVoices(text('voices'), languages),
    pairs: readPairs(text('pairs'), languages),
    sampleRate: count('sample_rate'),
    license: text('license'),
    vramMb: count('vram_mb'),
    maxSessions: Math.min(held, count('max_sessions') ?? DEFAULT_MAX_SESSIONS),
    experimental: readExperimental(text('experimental'), languages),
    isExperimental: ALL.test(text('experimental') ?? ''),
  };
}

/** `en, hi`, `en hi` and `["en", "hi"]` are the same. */
function readLanguages(text = ''): string[] {
  return [...new Set(text.split(/[^\w-]+/).filter((tag) => tag !== ''))];
}

/** `hf_alpha=hi, af_heart=en`; what does not fit is left out. */
function readVoices(text: string | undefined, languages: readonly string[]): VoiceName[] {
  return (text ?? '').split(',').flatMap((entry) => {
    const [name = '', language = ''] = entry.split('=').map((part) => part.trim());
    return /^[\w.+-]{1,100}$/.test(name) && languages.includes(language) ? [{ name, language }] : [];
  });
}

/** `en-es, es-fr`; what does not fit is left out. */
function readPairs(text: string | undefined, languages: readonly string[]): LanguagePair[] {
  return (text ?? '').split(',').flatMap((entry) => {
    const [source = '', target = ''] = entry.trim().split('-');
    return source !== target && languages.includes(source) && languages.includes(target) ? [{ source, target }] : [];
  });
}

const ALL = /^(true|yes|1)$/i;

/** A list of languages, or `true` for all of them. */
function readExperimental(text: string | undefined, languages: readonly string[]): readonly string[] {
  if (ALL.test(text ?? '')) return languages;
  const named = readLanguages(text);
  return languages.filter((language) => named.includes(language));
}
