import { describe, expect, it } from 'vitest';
import { pickVoice, spokenLanguages, voiceLabel } from '../../../client/demo/src/studio/voiceChoice.ts';

const voice = (id: string, language: string, experimental = false) => {
  const [model = '', name = ''] = id.split('/');
  return { id, model, name, language, experimental };
};
const voices = [voice('espeak/hi', 'hi', true), voice('kokoro/hf_alpha', 'hi'), voice('piper/joe', 'en')];

describe('the choice of a voice', () => {
  it('keeps the wanted voice while it speaks the language', () => {
    expect(pickVoice(voices, 'hi', 'espeak/hi')?.id).toBe('espeak/hi');
    expect(pickVoice(voices, 'en', 'espeak/hi')?.id).toBe('piper/joe');
  });

  it('takes a voice that is not experimental before one that is', () => {
    expect(pickVoice(voices, 'hi', undefined)?.id).toBe('kokoro/hf_alpha');
  });

  it('has none for a language that nobody speaks', () => {
    expect(pickVoice(voices, 'ta', undefined)).toBeUndefined();
    expect(spokenLanguages(voices)).toEqual(['hi', 'en']);
  });

  it('is told in words', () => {
    expect(voiceLabel(voice('kokoro/hf_alpha', 'hi'))).toBe('Alpha, a woman’s voice (kokoro)');
    expect(voiceLabel(voice('espeak/as', 'as', true))).toBe('As (espeak, experimental)');
    expect(voiceLabel(voice('piper/joe', 'en'))).toBe('Joe (piper)');
  });
});
