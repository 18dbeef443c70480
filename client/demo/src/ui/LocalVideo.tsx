import { useEffect, useRef } from 'react';

interface LocalVideoProps {
  track: MediaStreamTrack;
  /** As in a mirror: for one's own camera. */
  mirrored: boolean;
}

export function LocalVideo({ track, mirrored }: LocalVideoProps) {
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
  return <video ref={ref} className="picture" data-mirrored={mirrored} muted playsInline aria-label="Camera picture" />;
}
