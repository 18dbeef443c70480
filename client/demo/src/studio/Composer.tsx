import { type FormEvent, useId } from 'react';
import { avatarLimits } from '../../../sdk/index.ts';
import { sampleText } from './sampleTexts.ts';
import type { Speech } from './useSpeech.ts';

/** What was typed, kept while faces and voices change; undefined until something was. */
export interface Draft {
  readonly text: string | undefined;
  readonly change: (text: string) => void;
}

interface ComposerProps {
  speech: Speech;
  language: string;
  draft: Draft;
}

/** The text field, and how much of the text has been heard. */
export function Composer({ speech, language, draft }: ComposerProps) {
  const id = useId();
  const text = draft.text ?? sampleText(language);
  const { utterance } = speech;
  const speaking = utterance?.state === 'speaking' || utterance?.state === 'waiting';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '') void speech.say(text);
  };
  return (
    <form className="composer" onSubmit={submit}>
      <div className="field">
        <label htmlFor={id}>Text</label>
        <textarea
          id={id}
          data-testid="studio-text"
          rows={4}
          lang={language}
          dir="auto"
          maxLength={avatarLimits.sayCharacters}
          value={text}
          onChange={(event) => draft.change(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event);
          }}
        />
      </div>
      <div className="composer-foot">
        <p className="composer-heard" data-testid="studio-heard" role="status" lang={language} dir="auto">
          {utterance?.error?.message ?? utterance?.heardText ?? ''}
        </p>
        <button
          type="button"
          className="secondary"
          data-testid="studio-stop"
          disabled={!speaking}
          onClick={() => void speech.stop()}
        >
          Stop
        </button>
        <button type="submit" className="primary" data-testid="studio-say" disabled={text.trim() === ''}>
          Say it
        </button>
      </div>
    </form>
  );
}
