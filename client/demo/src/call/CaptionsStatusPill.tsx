import type { TritoneRoom } from '../../../sdk/index.ts';
import { useRoom } from '../hooks/useLive.ts';
import { Icon } from '../ui/Icon.tsx';

/** Whether captions are there, and why not. Silent while all is well. */
export function CaptionsStatusPill({ room }: { room: TritoneRoom }) {
  const { state, reason } = useRoom(room, 'captionsStatus', ({ captionsStatus }) => captionsStatus);
  return (
    <p className="pill" role="status" data-testid="captions-status" data-state={state} title={reason}>
      {state === 'ready' && <span className="visually-hidden">Captions are ready</span>}
      {state === 'starting' && (
        <>
          <Icon name="hourglass" size={16} /> Captions are starting
          {reason !== undefined && <span className="pill-reason">{reason}</span>}
        </>
      )}
      {state === 'away' && (
        <>
          <Icon name="warning" size={16} /> Captions are away
          {reason !== undefined && <span className="pill-reason">{reason}</span>}
        </>
      )}
    </p>
  );
}
