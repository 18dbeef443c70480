import type { CaptionsStatus } from '../../../sdk/index.ts';
import { languageName } from '../lib/languages.ts';
import { Select } from './Field.tsx';

interface ReadingSelectProps {
  translations: CaptionsStatus['translations'];
  value: string;
  onChange: (tag: string) => void;
}

/** What one reads captions in; nothing where the server translates nothing. */
export function ReadingSelect({ translations, value, onChange }: ReadingSelectProps) {
  const targets = [...new Set(translations.map(({ target }) => target))];
  if (targets.length === 0) return null;
  const options = [
    { value: 'original', label: 'As it is spoken' },
    ...targets
      .map((tag) => ({ value: tag, label: labelOf(tag, translations) }))
      .sort((a, b) => a.label.localeCompare(b.label)),
  ];
  const known = options.some((option) => option.value === value);
  return <Select label="I read captions in" value={known ? value : 'original'} options={options} onChange={onChange} />;
}

function labelOf(tag: string, translations: CaptionsStatus['translations']): string {
  const sources = translations.filter(({ target }) => target === tag);
  const good = sources.some(({ experimental }) => !experimental);
  return good ? languageName(tag) : `${languageName(tag)} (experimental)`;
}
