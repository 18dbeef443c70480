import { useEffect, useRef, useState } from 'react';
import type { TritoneRoom } from '../../../sdk/index.ts';
import { useRoom } from '../hooks/useLive.ts';
import { clockTime } from '../lib/format.ts';
import { Icon } from '../ui/Icon.tsx';
import { Logo } from '../ui/Logo.tsx';
import { CaptionsStatusPill } from './CaptionsStatusPill.tsx';
import type { CopyLink } from './useCopyLink.ts';

export function CallHeader({ room, copyLink }: { room: TritoneRoom; copyLink: CopyLink }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const connection = useRoom(room, 'connection', ({ connection }) => connection);
  // The lobby's button is gone: the keyboard starts here.
  useEffect(() => heading.current?.focus(), []);
  return (
    <header className="call-header">
      <Logo size={24} />
      <h1 ref={heading} tabIndex={-1}>
        {room.name}
      </h1>
      <CallClock room={room} />
      <button
        type="button"
        className="quiet copy-link"
        aria-label="Copy link"
        onClick={copyLink.copy}
        data-testid="copy-link"
      >
        <Icon name={copyLink.copied ? 'check' : 'link'} size={18} />
        <span>{copyLink.copied ? 'Copied' : 'Copy link'}</span>
      </button>
      <div className="call-status">
        <p className="pill" role="status" data-testid="status" data-state={connection.state}>
          {connection.state === 'connected' ? (
            <span className="visually-hidden">Connected</span>
          ) : (
            <>
              <span className="spinner" aria-hidden="true" /> Reconnecting…
            </>
          )}
        </p>
        <CaptionsStatusPill room={room} />
      </div>
    </header>
  );
}

function CallClock({ room }: { room: TritoneRoom }) {
  const [nowMs, setNowMs] = useState(() => room.nowMs());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(room.nowMs()), 1_000);
    return () => clearInterval(timer);
  }, [room]);
  return (
    <span className="call-clock">
      <span className="visually-hidden">Since the call began: </span>
      {clockTime(nowMs)}
    </span>
  );
}
