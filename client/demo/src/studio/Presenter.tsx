import type { PlacedAvatar, TritoneAvatars, TritoneRoom } from '../../../sdk/index.ts';
import { PersonTile } from '../call/PersonTile.tsx';
import { useCopyLink } from '../call/useCopyLink.ts';
import { useRoom } from '../hooks/useLive.ts';
import { roomLink } from '../lib/deepLink.ts';
import { Icon } from '../ui/Icon.tsx';
import { Composer, type Draft } from './Composer.tsx';
import { FacePicture } from './FacePicture.tsx';
import { Timings } from './Timings.tsx';
import { useSpeech } from './useSpeech.ts';
import type { StudioCall } from './useStudioCall.ts';

interface PresenterProps {
  avatars: TritoneAvatars;
  call: StudioCall;
  draft: Draft;
  previewUrl: string;
}

/** The avatar as the others see it, and what it is to say. */
export function Presenter({ avatars, call, draft, previewUrl }: PresenterProps) {
  const { state } = call;
  if (state.at === 'open') {
    const { room, avatar } = state;
    return <InCall key={avatar.participantId} avatars={avatars} room={room} avatar={avatar} draft={draft} />;
  }
  return (
    <section className="studio-stage" aria-label="Preview">
      <div className="studio-picture">
        <FacePicture url={previewUrl} alt="The chosen face" />
        {state.at === 'opening' && (
          <p className="pill" role="status">
            <span className="spinner" aria-hidden="true" /> Coming into the call…
          </p>
        )}
      </div>
      <ol className="studio-steps" data-testid="studio-steps">
        <li>Choose a face and a voice.</li>
        <li>Bring them into a call: it opens here, and a link lets others in.</li>
        <li>Type, and press Say it: it is spoken at once, with lips and captions.</li>
      </ol>
    </section>
  );
}

interface InCallProps {
  avatars: TritoneAvatars;
  room: TritoneRoom;
  avatar: PlacedAvatar;
  draft: Draft;
}

function InCall({ avatars, room, avatar, draft }: InCallProps) {
  const { participantId } = avatar;
  const person = useRoom(room, 'state', ({ state }) => state.participants.get(participantId));
  const tracks = useRoom(room, 'state', ({ state }) => state.tracks);
  const audioBlocked = useRoom(room, 'audioBlocked', ({ audioBlocked }) => audioBlocked);
  const speech = useSpeech(avatars, room, participantId);
  const copyLink = useCopyLink(room.name);
  const own = [...tracks.values()].filter((track) => track.participantId === participantId);
  return (
    <section className="studio-stage" data-open="true" aria-label="In the call">
      <div className="studio-picture" data-testid="studio-picture">
        {person?.present === true ? (
          <PersonTile room={room} person={person} tracks={own} captionsShown />
        ) : (
          <p className="hint">The avatar has left the call.</p>
        )}
        {audioBlocked && (
          <button type="button" className="primary studio-hear" onClick={() => void room.startAudio()}>
            <Icon name="speaker" size={20} /> Tap to hear
          </button>
        )}
      </div>
      <Timings room={room} participantId={participantId} speech={speech} />
      <Composer speech={speech} language={avatar.language} draft={draft} />
      <div className="studio-link">
        <p className="hint">
          Others see and hear it here:{' '}
          <a href={roomLink(room.name)} data-testid="studio-room">
            {room.name}
          </a>
        </p>
        <button type="button" className="quiet" onClick={copyLink.copy}>
          <Icon name={copyLink.copied ? 'check' : 'link'} size={18} /> {copyLink.copied ? 'Copied' : 'Copy link'}
        </button>
      </div>
    </section>
  );
}
