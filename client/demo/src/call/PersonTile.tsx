import type { RoomParticipant, RoomTrack, TritoneRoom } from '../../../sdk/index.ts';
import { useRoom } from '../hooks/useLive.ts';
import { plainName } from '../lib/format.ts';
import { Avatar, speakerColor } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { LocalVideo } from '../ui/LocalVideo.tsx';
import { CaptionOverlay } from './CaptionOverlay.tsx';
import { QualityMark } from './QualityMark.tsx';
import { RemoteVideo } from './RemoteVideo.tsx';

interface PersonTileProps {
  room: TritoneRoom;
  person: RoomParticipant;
  tracks: readonly RoomTrack[];
  captionsShown: boolean;
}

/** One participant: picture or initials, name, state, and what they say. */
export function PersonTile({ room, person, tracks, captionsShown }: PersonTileProps) {
  const { participantId, name, order } = person;
  const own = participantId === room.participantId;
  const speaking = useRoom(room, 'activeSpeaker', ({ activeSpeaker }) => activeSpeaker === participantId);
  const ownCamera = useRoom(room, 'localTracks', () => room.localTrack('camera')?.mediaStreamTrack);
  const ownMuted = useRoom(room, 'localTracks', () => room.localTrack('microphone')?.muted ?? true);
  const camera = tracks.find(({ source }) => source === 'camera');
  const microphone = tracks.find(({ source }) => source === 'microphone');
  const muted = own ? ownMuted : (microphone?.paused ?? true);

  return (
    <section
      className="tile"
      data-testid="tile"
      data-participant={participantId}
      data-speaking={speaking && !muted}
      data-own={own}
      aria-label={own ? `${plainName(name)} (you)` : plainName(name)}
      style={{ '--speaker': speakerColor(order) }}
    >
      {own && ownCamera !== undefined && <LocalVideo track={ownCamera} mirrored />}
      {!own && camera !== undefined && !camera.paused && <RemoteVideo room={room} trackId={camera.trackId} />}
      {(own ? ownCamera === undefined : camera === undefined || camera.paused) && <Avatar name={name} order={order} />}
      <div className="tile-foot">
        <p className="tile-name">
          {muted && (
            <>
              <Icon name="microphone-off" size={15} />
              <span className="visually-hidden">Muted: </span>
            </>
          )}
          <span>
            <bdi>{name}</bdi>
            {own && ' (you)'}
          </span>
          <QualityMark room={room} participantId={participantId} />
        </p>
        {person.synthetic && (
          <p className="tile-synthetic" data-testid="synthetic">
            <Icon name="spark" size={14} /> Synthetic
          </p>
        )}
        {person.captionsWaiting && (
          <p className="tile-waiting" data-testid="captions-waiting">
            <Icon name="hourglass" size={14} /> Captions wait for a free slot
          </p>
        )}
      </div>
      {captionsShown && <CaptionOverlay room={room} participantId={participantId} source="microphone" />}
    </section>
  );
}
