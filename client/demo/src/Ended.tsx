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
  const { title, text } = farewell(room, error);
  return (
    <main className="notice-page">
      <Logo size={44} />
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      <p>{text}</p>
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

function farewell(room: string, error: TritoneError | undefined): { title: string; text: string } {
  if (error === undefined) return { title: 'You have left the call', text: `Room ${room} stays open for the others.` };
  if (error.code === 'room.taken_over') return { title: error.message, text: 'The call goes on there.' };
  return { title: 'The call has ended', text: error.message };
}
