import type { RoomParticipant, RoomTrack, TritoneRoom } from '../../../sdk/index.ts';
import { useRoom } from '../hooks/useLive.ts';
import { plainName } from '../lib/format.ts';
import { speakerColor } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { LocalVideo } from '../ui/LocalVideo.tsx';
import { CaptionOverlay } from './CaptionOverlay.tsx';
import { RemoteVideo } from './RemoteVideo.tsx';

interface ScreenTileProps {
  room: TritoneRoom;
  screen: RoomTrack;
  person: RoomParticipant | undefined;
  captionsShown: boolean;
}

export function ScreenTile({ room, screen, person, captionsShown }: ScreenTileProps) {
  const own = screen.participantId === room.participantId;
  const ownScreen = useRoom(room, 'localTracks', () => room.localTrack('screen')?.mediaStreamTrack);
  const name = person?.name ?? 'Someone';
  const label = own ? 'Your screen' : `${plainName(name)}'s screen`;
  return (
    <section
      className="tile screen-tile"
      data-testid="screen-tile"
      data-participant={screen.participantId}
      aria-label={label}
      style={{ '--speaker': speakerColor(person?.order ?? 0) }}
    >
      {own ? (
        ownScreen !== undefined && <LocalVideo track={ownScreen} mirrored={false} whole />
      ) : (
        <RemoteVideo room={room} trackId={screen.trackId} whole />
      )}
      <div className="tile-foot">
        <p className="tile-name">
          <Icon name="screen" size={15} />
          <span>
            {own ? (
              label
            ) : (
              <>
                <bdi>{name}</bdi>'s screen
              </>
            )}
          </span>
        </p>
      </div>
      {captionsShown && <CaptionOverlay room={room} participantId={screen.participantId} source="screen" />}
    </section>
  );
}
