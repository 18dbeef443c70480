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
