import { useEffect, useRef } from 'react';
import { LevelMeter } from '../../../sdk/index.ts';

/** How loud a track is, drawn without rendering. */
export function LevelBar({ track }: { track: MediaStreamTrack | undefined }) {
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (track === undefined) return;
    const meter = new LevelMeter(track);
    let shown = 0;
    let frame = requestAnimationFrame(draw);
    function draw() {
      // Falls slowly, as meters do.
      shown = Math.max(meter.read(), shown * 0.92);
      bar.current?.style.setProperty('--level', shown.toFixed(3));
      frame = requestAnimationFrame(draw);
    }
    return () => {
      cancelAnimationFrame(frame);
      meter.close();
      bar.current?.style.setProperty('--level', '0');
    };
  }, [track]);
  return <div ref={bar} className="level-bar" data-testid="level" aria-hidden="true" />;
}
