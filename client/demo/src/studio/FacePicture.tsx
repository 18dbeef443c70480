import { useEffect, useState } from 'react';

interface FacePictureProps {
  url: string;
  alt: string;
}

/** The bundled face is prepared at the first start: its picture is asked for until it is there. */
const AGAIN_MS = 2_000;

export function FacePicture({ url, alt }: FacePictureProps) {
  const [state, setState] = useState<{ url: string; missed: number; shown: boolean }>({ url, missed: 0, shown: false });
  const current = state.url === url ? state : { url, missed: 0, shown: false };
  const [waiting, setWaiting] = useState(false);
  useEffect(() => {
    if (!waiting) return;
    const timer = setTimeout(() => setWaiting(false), AGAIN_MS);
    return () => clearTimeout(timer);
  }, [waiting]);
  return (
    <span className="face-picture" data-shown={current.shown}>
      {!waiting && (
        <img
          src={current.missed === 0 ? url : `${url}?again=${current.missed}`}
          alt={alt}
          onLoad={() => setState({ ...current, shown: true })}
          onError={() => {
            setState({ ...current, missed: current.missed + 1 });
            setWaiting(true);
          }}
        />
      )}
      {!current.shown && (
        <span className="face-preparing">
          <span className="spinner" aria-hidden="true" /> Preparing…
        </span>
      )}
    </span>
  );
}
