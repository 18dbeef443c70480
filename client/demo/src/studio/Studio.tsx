import { useEffect, useState } from 'react';
import { BUNDLED_AVATAR_ID, TritoneAvatars } from '../../../sdk/index.ts';
import { Logo } from '../ui/Logo.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { FacePicker } from './FacePicker.tsx';
import { Presenter } from './Presenter.tsx';
import { useFaces } from './useFaces.ts';
import { useStudioCall } from './useStudioCall.ts';
import { useVoices } from './useVoices.ts';
import { VoicePicker } from './VoicePicker.tsx';
import { pickVoice, spokenLanguages } from './voiceChoice.ts';

const avatars = new TritoneAvatars();

/** Choose a face and a voice, bring them into a call, type what they say. */
export function Studio() {
  const toast = useToast();
  const faces = useFaces(avatars);
  const onOffer = useVoices(avatars);
  const [avatarId, setAvatarId] = useState<string>(BUNDLED_AVATAR_ID);
  const [name, setName] = useState('Presenter');
  const [wantedLanguage, setLanguage] = useState('en');
  const [text, setText] = useState<string>();
  const [wantedVoice, setVoice] = useState<string>();
  const language = spokenLanguages(onOffer.voices).includes(wantedLanguage) ? wantedLanguage : 'en';
  const voice = pickVoice(onOffer.voices, language, wantedVoice);
  const call = useStudioCall(avatars, (error) => toast(error.message, 'error'));
  const worn = call.state.at === 'open' ? call.state.avatar : undefined;
  const isWorn =
    worn?.avatarId === avatarId && worn.name === name.trim() && worn.language === language && worn.voice === voice?.id;
  useEffect(() => {
    if (faces.problem !== undefined) toast(faces.problem.message, 'error');
  }, [faces.problem, toast]);

  return (
    <div className="studio">
      <header className="studio-head">
        <Logo size={28} />
        <h1>Studio</h1>
        <p>Give a face a voice, and let it speak in a call.</p>
        <a className="studio-calls" href="/">
          To the calls
        </a>
      </header>
      <main className="studio-body">
        <section className="studio-choices" aria-label="Who speaks">
          <FacePicker avatars={avatars} faces={faces} chosen={avatarId} onChoose={setAvatarId} />
          <VoicePicker
            onOffer={onOffer}
            language={language}
            voice={voice}
            onLanguage={(tag) => {
              setLanguage(tag);
              setVoice(undefined);
            }}
            onVoice={setVoice}
          />
          <div className="field">
            <label htmlFor="studio-name">Name in the call</label>
            <input id="studio-name" value={name} maxLength={60} onChange={(event) => setName(event.target.value)} />
          </div>
          <button
            type="button"
            className="primary"
            data-testid="studio-open"
            disabled={call.state.at === 'opening' || voice === undefined || name.trim() === '' || isWorn}
            onClick={() => void call.open({ avatarId, name: name.trim(), language, voice: voice?.id })}
          >
            {worn === undefined ? 'Bring into a call' : isWorn ? 'In the call' : 'Change to these'}
          </button>
          {call.state.at === 'open' && (
            <button type="button" className="secondary" data-testid="studio-end" onClick={() => void call.end()}>
              Take out of the call
            </button>
          )}
        </section>
        <Presenter
          avatars={avatars}
          call={call}
          draft={{ text, change: setText }}
          previewUrl={avatars.previewUrl(avatarId)}
        />
      </main>
    </div>
  );
}
