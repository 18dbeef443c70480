import { useEffect, useRef } from 'react';
import type { TritoneError } from '../../sdk/index.ts';
import { DownloadLinks } from './call/DownloadLinks.tsx';
import { Logo } from './ui/Logo.tsx';

interface EndedProps {
  room: string;
  error: TritoneError | undefined;
  onLobby: () => void;
}

export function Ended({ room, error, onLobby }: EndedProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <main className="notice-page">
      <Logo size={44} />
      <h1 ref={heading} tabIndex={-1}>
        {error === undefined ? 'You have left the call' : 'The call has ended'}
      </h1>
      <p>{error === undefined ? `Room ${room} stays open for the others.` : error.message}</p>
      <button type="button" className="primary" onClick={onLobby} data-testid="rejoin">
        Back to the lobby
      </button>
      <section aria-label="Transcript">
        <p className="hint">Keep what was said:</p>
        <DownloadLinks room={room} />
      </section>
    </main>
  );
}
