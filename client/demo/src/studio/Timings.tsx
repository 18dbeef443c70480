import { useEffect, useState } from 'react';
import type { TritoneRoom } from '../../../sdk/index.ts';
import type { Speech } from './useSpeech.ts';

interface TimingsProps {
  room: TritoneRoom;
  participantId: string;
  speech: Speech;
}

const LOOK_EVERY_MS = 1_000;

/** How fast it was, and whether sound and picture are in step. */
export function Timings({ room, participantId, speech }: TimingsProps) {
  const [skewMs, setSkewMs] = useState<number>();
  useEffect(() => {
    const look = () => void room.playoutSkewMs(participantId).then(setSkewMs, () => setSkewMs(undefined));
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [room, participantId]);
  const { utterance, heardHereMs } = speech;
  return (
    <dl className="timings" data-testid="timings">
      <Timing term="First sound" ms={utterance?.firstSoundMs} />
      <Timing term="First lips" ms={utterance?.firstFrameMs} />
      <Timing term="Heard here" ms={heardHereMs} />
      <Timing term={`Picture ${(skewMs ?? 0) < 0 ? 'early' : 'late'} by`} ms={skewMs && Math.abs(skewMs)} />
    </dl>
  );
}

function Timing({ term, ms }: { term: string; ms: number | undefined }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>
        {ms === undefined ? (
          <span className="timing-none">–</span>
        ) : (
          <>
            {Math.round(ms)} <small>ms</small>
          </>
        )}
      </dd>
    </div>
  );
}
