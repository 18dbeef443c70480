import { useEffect, useRef } from 'react';
import type { TritoneRoom } from '../../../sdk/index.ts';

interface RemoteVideoProps {
  room: TritoneRoom;
  trackId: string;
  /** True: all of it shows, with bars. False: it covers the tile. */
  whole?: boolean;
}

export function RemoteVideo({ room, trackId, whole = false }: RemoteVideoProps) {
  const ref = useRef<HTMLVideoElement>(null);
  useEffect(() => (ref.current === null ? undefined : room.attach(trackId, ref.current)), [room, trackId]);
  return (
    <video
      ref={ref}
      className="picture"
      data-whole={whole}
      autoPlay
      muted
      playsInline
      aria-label={whole ? 'Shared screen' : 'Camera picture'}
    />
  );
}
