import type { VoiceInfo } from '../../../sdk/index.ts';

/** Languages that some voice speaks, in the order of the server's list. */
export function spokenLanguages(voices: readonly VoiceInfo[]): readonly string[] {
  return [...new Set(voices.map(({ language }) => language))];
}

/** The wanted voice where it speaks the language, else the first that does; those that are not experimental come first. */
export function pickVoice(
  voices: readonly VoiceInfo[],
  language: string,
  wanted: string | undefined,
): VoiceInfo | undefined {
  const fitting = voicesOf(voices, language);
  return fitting.find(({ id }) => id === wanted) ?? fitting[0];
}

export function voicesOf(voices: readonly VoiceInfo[], language: string): readonly VoiceInfo[] {
  return voices
    .filter((voice) => voice.language === language)
    .toSorted((a, b) => Number(a.experimental) - Number(b.experimental));
}

/** Kokoro's names say in two letters how the voice speaks: accent, then woman or man. */
const KOKORO_NAME = /^[a-z]([fm])_(\w+)$/;

/** For people: `af_heart` of kokoro is "Heart, a woman’s voice (kokoro)". */
export function voiceLabel({ name, model, experimental }: VoiceInfo): string {
  const [, sex, given] = KOKORO_NAME.exec(name) ?? [];
  const called = capitalised(given ?? name);
  const whose = sex === undefined ? '' : sex === 'f' ? ', a woman’s voice' : ', a man’s voice';
  return `${called}${whose} (${model}${experimental ? ', experimental' : ''})`;
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
