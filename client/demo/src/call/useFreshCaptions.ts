import { useEffect, useState } from 'react';
import { type Caption, type CaptionSource, recentCaptions, type TritoneRoom } from '../../../sdk/index.ts';
import { useRoom } from '../hooks/useLive.ts';

/** A final stays long enough to be finished by who has read along: 1.5 s, and 30 ms a character, 5 s at most. */
const BASE_MS = 1_500;
const PER_CHARACTER_MS = 30;
const LONGEST_MS = 5_000;
/** A partial without news for this long is stuck; its speech is over. */
const STUCK_MS = 15_000;
const SHOWN = 2;

/** The captions of one person that a reader of the tile still needs: the newest, and the one before it while fresh. */
export function useFreshCaptions(room: TritoneRoom, participantId: string, source: CaptionSource): Caption[] {
  const captions = useRoom(room, 'state', ({ state }) => recentCaptions(state, participantId, source));
  const [nowMs, setNowMs] = useState(() => room.nowMs());
  const fresh = captions.filter((caption) => caption.text.trim() !== '' && nowMs < freshUntilMs(caption));
  const waiting = fresh.length > 0;
  const newestId = captions.at(-1)?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new caption starts the clock again
  useEffect(() => {
    setNowMs(room.nowMs());
    if (!waiting) return;
    const timer = setInterval(() => setNowMs(room.nowMs()), 500);
    return () => clearInterval(timer);
  }, [room, waiting, newestId]);
  return fresh.slice(-SHOWN);
}

function freshUntilMs({ final, endMs, text }: Caption): number {
  return endMs + (final ? Math.min(LONGEST_MS, BASE_MS + text.length * PER_CHARACTER_MS) : STUCK_MS);
}
