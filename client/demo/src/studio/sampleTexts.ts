const SAMPLES: Readonly<Record<string, string>> = {
  en: 'Hello! I am a synthetic presenter. Everything you type here, I say aloud, and my lips follow.',
  hi: 'नमस्ते! मैं एक कृत्रिम प्रस्तोता हूँ। आप जो लिखेंगे, वह मैं बोलूँगी।',
};

/** Something to hear at once; empty for languages in which we have nothing to say. */
export function sampleText(language: string): string {
  return SAMPLES[language] ?? '';
}
