import type { VoiceInfo, VoicesOnOffer } from '../../../sdk/index.ts';
import { languageName } from '../lib/languages.ts';
import { Select } from '../ui/Field.tsx';
import { spokenLanguages, voiceLabel, voicesOf } from './voiceChoice.ts';

interface VoicePickerProps {
  onOffer: VoicesOnOffer;
  language: string;
  voice: VoiceInfo | undefined;
  onLanguage: (tag: string) => void;
  onVoice: (id: string) => void;
}

export function VoicePicker({ onOffer, language, voice, onLanguage, onVoice }: VoicePickerProps) {
  const languages = spokenLanguages(onOffer.voices).map((tag) => ({ value: tag, label: languageName(tag) }));
  const voices = voicesOf(onOffer.voices, language).map((each) => ({
    value: each.id,
    label: voiceLabel(each),
  }));
  if (voices.length === 0) return <Waiting absent={onOffer.absent} />;
  return (
    <div className="voices">
      <Select label="Language" value={language} options={languages} onChange={onLanguage} />
      <Select label="Voice" value={voice?.id ?? ''} options={voices} onChange={onVoice} />
    </div>
  );
}

function Waiting({ absent }: { absent: VoicesOnOffer['absent'] }) {
  return (
    <div role="status">
      <p className="hint">No voice is ready yet.</p>
      {absent.map(({ model, reason }) => (
        <p key={model} className="hint">
          {model}: {reason}
        </p>
      ))}
    </div>
  );
}
