import type { PlacedAvatar, TritoneAvatars, TritoneRoom } from '../../../sdk/index.ts';
import { PersonTile } from '../call/PersonTile.tsx';
import { useRoom } from '../hooks/useLive.ts';
import { roomLink } from '../lib/deepLink.ts';
import { Icon } from '../ui/Icon.tsx';
import { Composer } from './Composer.tsx';
import { Timings } from './Timings.tsx';
import { useSpeech } from './useSpeech.ts';
import type { StudioCall } from './useStudioCall.ts';

interface PresenterProps {
  avatars: TritoneAvatars;
  call: StudioCall;
  language: string;
  previewUrl: string;
}

/** The avatar as the others see it, and what it is to say. */
export function Presenter({ avatars, call, language, previewUrl }: PresenterProps) {
  const { state } = call;
  if (state.at === 'open') {
    const { room, avatar } = state;
    return <InCall key={avatar.participantId} avatars={avatars} room={room} avatar={avatar} language={language} />;
  }
  return (
    <section className="studio-stage" aria-label="Preview">
      <div className="studio-picture">
        <img src={previewUrl} alt="The chosen face" />
        {state.at === 'opening' && (
          <p className="pill" role="status">
            <span className="spinner" aria-hidden="true" /> Coming into the call…
          </p>
        )}
      </div>
    </section>
  );
}

interface InCallProps {
  avatars: TritoneAvatars;
  room: TritoneRoom;
  avatar: PlacedAvatar;
  language: string;
}

function InCall({ avatars, room, avatar, language }: InCallProps) {
  const { participantId } = avatar;
  const person = useRoom(room, 'state', ({ state }) => state.participants.get(participantId));
  const tracks = useRoom(room, 'state', ({ state }) => state.tracks);
  const audioBlocked = useRoom(room, 'audioBlocked', ({ audioBlocked }) => audioBlocked);
  const speech = useSpeech(avatars, room, participantId);
  const own = [...tracks.values()].filter((track) => track.participantId === participantId);
  return (
    <section className="studio-stage" aria-label="In the call">
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
      <Composer speech={speech} language={language} />
      <p className="hint">
        Others see and hear it here: <a href={`/${new URL(roomLink(room.name)).search}`}>{room.name}</a>
      </p>
    </section>
  );
}
