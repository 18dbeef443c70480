import type { ConnectionQuality, TritoneRoom } from '../../../sdk/index.ts';
import { useRoom } from '../hooks/useLive.ts';

const words: Record<ConnectionQuality, string> = {
  unknown: '',
  good: 'Good connection',
  fair: 'Fair connection',
  poor: 'Poor connection',
  lost: 'Nothing arrives',
};

const bars: Record<ConnectionQuality, number> = { unknown: 0, good: 3, fair: 2, poor: 1, lost: 0 };

export function QualityMark({ room, participantId }: { room: TritoneRoom; participantId: string }) {
  const quality = useRoom(room, 'quality', (live) => live.quality(participantId));
  if (quality === 'unknown') return null;
  return (
    <span className="quality" data-quality={quality} title={words[quality]}>
      <svg width="14" height="12" viewBox="0 0 14 12" aria-hidden="true" focusable="false">
        {[0, 1, 2].map((bar) => (
          <rect
            key={bar}
            x={bar * 5}
            y={8 - bar * 4}
            width="3"
            height={4 + bar * 4}
            rx="1"
            data-lit={bar < bars[quality]}
          />
        ))}
      </svg>
      <span className="visually-hidden">{words[quality]}</span>
    </span>
  );
}
