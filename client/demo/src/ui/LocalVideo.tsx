import { useEffect, useRef } from 'react';

interface LocalVideoProps {
  track: MediaStreamTrack;
  /** As in a mirror: for one's own camera. */
  mirrored: boolean;
  /** True: all of it shows, with bars. False: it covers the tile. */
  whole?: boolean;
}

export function LocalVideo({ track, mirrored, whole = false }: LocalVideoProps) {
  const ref = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    element.srcObject = new MediaStream([track]);
    void element.play().catch(() => {});
    return () => {
      element.srcObject = null;
    };
  }, [track]);
  return (
    <video
      ref={ref}
      className="picture"
      data-mirrored={mirrored}
      data-whole={whole}
      muted
      playsInline
      aria-label={whole ? 'Shared screen' : 'Camera picture'}
    />
  );
}
