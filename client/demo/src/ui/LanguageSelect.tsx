import type { CaptionsStatus } from '../../../sdk/index.ts';
import { languageName } from '../lib/languages.ts';
import { Select } from './Field.tsx';

interface LanguageSelectProps {
  languages: CaptionsStatus['languages'];
  value: string;
  onChange: (tag: string) => void;
}

/** What one speaks; captions are written in it. */
export function LanguageSelect({ languages, value, onChange }: LanguageSelectProps) {
  const offered = [...languages]
    .sort(
      (a, b) =>
        Number(a.experimental) - Number(b.experimental) || languageName(a.tag).localeCompare(languageName(b.tag)),
    )
    .map(({ tag, experimental }) => ({
      value: tag,
      label: experimental ? `${languageName(tag)} (experimental)` : languageName(tag),
    }));
  const options = [
    { value: 'auto', label: languageName('auto') },
    ...offered.filter((option) => option.value !== 'auto'),
  ];
  if (!options.some((option) => option.value === value)) options.push({ value, label: languageName(value) });
  return <Select label="I speak" value={value} options={options} onChange={onChange} />;
}
