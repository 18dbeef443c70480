import { primaryTag } from '../../shared/captions.ts';
import { TritoneError } from '../../shared/errors.ts';
import { goodFirst, type ModelPreference, moreSpecialised, preferredFirst } from './chooseSpeechModel.ts';
import type { ModelCard } from './modelCard.ts';
import type { Voice } from './textToSpeech.types.ts';

export const TEXT_TO_SPEECH = 'text-to-speech';
/** Of a model that names no voices: it has one for each of its languages. */
const ONLY_VOICE = 'default';

export interface VoiceWish {
  /** A tag. */
  readonly language: string;
  /** `model/name` */
  readonly voice?: string | undefined;
}

export interface VoiceChoice {
  readonly card: ModelCard;
  readonly voice: Voice;
}

/** All voices of `cards`, in the order of the models' own lists. */
export function voicesOf(cards: readonly ModelCard[]): Voice[] {
  return cards.flatMap((card) => {
    const names =
      card.voices.length > 0 ? card.voices : card.languages.map((tag) => ({ name: ONLY_VOICE, language: tag }));
    return names.map(({ name, language }) => ({
      id: `${card.name}/${name}`,
      model: card.name,
      name,
      language,
      experimental: card.experimental.includes(language),
    }));
  });
}

/**
 * The voice that is wished for; else the first of the best model for the language: one that the operator prefers, then one
 * that is good at it before an experimental one, then the more specialised.
 * @param cards all models that speak, ready or not, and those of which nothing is known yet
 * @throws TritoneError `voice.not_found`, `voice.wrong_language`, `inference.no_model`
 */
export function chooseVoice(
  cards: readonly ModelCard[],
  wish: VoiceWish,
  preferences: readonly ModelPreference[] = [],
): VoiceChoice {
  const language = primaryTag(wish.language);
  const preferred = preferredFirst(preferences, language);
  const candidates = wish.voice === undefined ? cards : cards.filter((card) => card.name === modelOf(wish.voice ?? ''));
  // What a model can do is known when it has loaded: until then nobody can say that it lacks the voice.
  const isUnread = cards.length === 0 || candidates.some(({ capability }) => capability === undefined);
  if (wish.voice !== undefined && !isUnread) checkVoice(voicesOf(candidates), { voice: wish.voice, language });
  const choices = candidates
    .filter((card) => card.state === 'ready')
    .toSorted((a, b) => preferred(a, b) || goodFirst(a, b, language) || moreSpecialised(a, b))
    .flatMap((card) => voicesOf([card]).map((voice) => ({ card, voice })));
  const choice = choices.find(
    ({ voice }) => voice.language === language && (wish.voice === undefined || voice.id === wish.voice),
  );
  if (choice !== undefined) return choice;
  throw new TritoneError('inference.no_model', { capability: TEXT_TO_SPEECH, language: wish.language });
}

function checkVoice(voices: readonly Voice[], { voice, language }: { voice: string; language: string }): void {
  const known = voices.filter(({ id }) => id === voice);
  if (known.length === 0) throw new TritoneError('voice.not_found', { voice });
  if (!known.some((each) => each.language === language))
    throw new TritoneError('voice.wrong_language', { voice, language });
}

function modelOf(voiceId: string): string {
  return voiceId.split('/')[0] ?? voiceId;
}
