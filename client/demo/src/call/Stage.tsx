import type { RoomParticipant, RoomTrack, TritoneRoom } from '../../../sdk/index.ts';
import { useRoom } from '../hooks/useLive.ts';
import { useSize } from '../hooks/useSize.ts';
import { tileGrid } from '../lib/tileGrid.ts';
import { Invitation } from './Invitation.tsx';
import { PersonTile } from './PersonTile.tsx';
import { ScreenTile } from './ScreenTile.tsx';
import type { CopyLink } from './useCopyLink.ts';

interface StageProps {
  room: TritoneRoom;
  captionsShown: boolean;
  copyLink: CopyLink;
}

const GAP = 10;

/** Everyone's tile. A shared screen takes the middle and the people line up beside it. */
export function Stage({ room, captionsShown, copyLink }: StageProps) {
  const participants = useRoom(room, 'state', ({ state }) => state.participants);
  const tracks = useRoom(room, 'state', ({ state }) => state.tracks);
  const [ref, { width, height }] = useSize<HTMLDivElement>();
  const people = [...participants.values()].filter(({ present }) => present).sort((a, b) => a.order - b.order);
  const screens = [...tracks.values()].filter(({ source }) => source === 'screen');
  const tiles = people.map((person) => (
    <PersonTile
      key={person.participantId}
      room={room}
      person={person}
      tracks={tracksOf(tracks, person)}
      captionsShown={captionsShown}
    />
  ));

  if (screens.length > 0) {
    return (
      <div className="stage" data-layout="screen" ref={ref}>
        <div className="stage-screens">
          {screens.map((screen) => (
            <ScreenTile
              key={screen.trackId}
              room={room}
              screen={screen}
              person={participants.get(screen.participantId)}
              captionsShown={captionsShown}
            />
          ))}
        </div>
        <div className="stage-strip">{tiles}</div>
      </div>
    );
  }
  const grid = tileGrid(people.length, width, height, GAP);
  return (
    <div
      className="stage"
      data-layout="grid"
      ref={ref}
      style={{
        '--columns': grid.columns,
        '--tile-width': `${grid.tileWidth}px`,
        '--tile-height': `${grid.tileHeight}px`,
      }}
    >
      {tiles}
      {people.length === 1 && <Invitation copyLink={copyLink} othersLeft={participants.size > 1} />}
    </div>
  );
}

function tracksOf(tracks: ReadonlyMap<string, RoomTrack>, { participantId }: RoomParticipant): readonly RoomTrack[] {
  return [...tracks.values()].filter((track) => track.participantId === participantId);
}
