import type { CaptionSource, TritoneRoom } from '../../../sdk/index.ts';
import { CaptionText } from './CaptionText.tsx';
import { useFreshCaptions } from './useFreshCaptions.ts';

interface CaptionOverlayProps {
  room: TritoneRoom;
  participantId: string;
  source: CaptionSource;
}

/** Over the tile of who speaks: the last lines. Screen readers have the live region instead. */
export function CaptionOverlay({ room, participantId, source }: CaptionOverlayProps) {
  const captions = useFreshCaptions(room, participantId, source);
  if (captions.length === 0) return null;
  return (
    <div className="captions" aria-hidden="true">
      <div className="captions-lines">
        {captions.map((caption) => (
          <p
            key={caption.id}
            className="caption"
            data-testid="caption"
            data-participant={caption.participantId}
            data-caption-id={caption.id}
            data-final={caption.final}
            data-revision={caption.revision}
          >
            <CaptionText room={room} caption={caption} />
          </p>
        ))}
      </div>
    </div>
  );
}
