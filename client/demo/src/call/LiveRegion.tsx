import { useEffect, useState } from 'react';
import type { Caption, TritoneRoom } from '../../../sdk/index.ts';

const KEPT = 6;

/** Tells screen readers what was said: finals only, as a text that changes under the reader is no help. */
export function LiveRegion({ room }: { room: TritoneRoom }) {
  const [said, setSaid] = useState<readonly Caption[]>([]);
  useEffect(() => {
    // Late joiners have the transcript for what came before.
    const sinceMs = room.nowMs();
    return room.events.on('caption', (caption) => {
      if (!caption.final || caption.endMs < sinceMs || caption.text.trim() === '') return;
      setSaid((before) => [...before.filter(({ id }) => id !== caption.id), caption].slice(-KEPT));
    });
  }, [room]);
  return (
    <div className="visually-hidden" role="log" aria-live="polite" aria-label="Captions" data-testid="live-captions">
      {said.map((caption) => (
        <p key={caption.id}>
          <bdi>{room.state.participants.get(caption.participantId)?.name}</bdi>:{' '}
          <span lang={caption.language}>{caption.text}</span>
        </p>
      ))}
    </div>
  );
}
