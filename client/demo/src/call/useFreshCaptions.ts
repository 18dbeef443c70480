import { useEffect, useState } from 'react';
import type { Caption, CaptionSource, TritoneRoom } from '../../../sdk/index.ts';
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
  const captions = useRoom(room, 'state', ({ state }) => state.captions);
  const [nowMs, setNowMs] = useState(() => room.nowMs());
  const fresh: Caption[] = [];
  for (const caption of captions.values()) {
    if (caption.participantId !== participantId || caption.source !== source || caption.text.trim() === '') continue;
    if (nowMs < freshUntilMs(caption)) fresh.push(caption);
  }
  const waiting = fresh.length > 0;
  const size = captions.size;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new caption starts the clock again
  useEffect(() => {
    setNowMs(room.nowMs());
    if (!waiting) return;
    const timer = setInterval(() => setNowMs(room.nowMs()), 500);
    return () => clearInterval(timer);
  }, [room, waiting, size]);
  return fresh.slice(-SHOWN);
}

function freshUntilMs({ final, endMs, text }: Caption): number {
  return endMs + (final ? Math.min(LONGEST_MS, BASE_MS + text.length * PER_CHARACTER_MS) : STUCK_MS);
}
