import { useMemo } from 'react';
import type { TritoneRoom } from '../../../sdk/index.ts';
import { useRoom } from '../hooks/useLive.ts';
import { Icon } from '../ui/Icon.tsx';
import { DownloadLinks } from './DownloadLinks.tsx';
import { TranscriptGap, TranscriptLine } from './TranscriptLine.tsx';
import { transcriptRows } from './transcriptRows.ts';
import { useFollowEnd } from './useFollowEnd.ts';

/** All that was said, with names and times. A sheet on narrow screens. */
export function TranscriptPanel({ room, onClose }: { room: TritoneRoom; onClose: () => void }) {
  const state = useRoom(room, 'state', (live) => live.state);
  const { captions, gaps, participants } = state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows depend on these two parts of the state alone
  const rows = useMemo(() => transcriptRows(state), [captions, gaps]);
  const { ref, following, toEnd, onScroll } = useFollowEnd<HTMLOListElement>(rows);
  const person = (participantId: string) => participants.get(participantId);

  return (
    <aside className="transcript" aria-label="Transcript">
      <header>
        <h2>Transcript</h2>
        <DownloadLinks room={room.name} />
        <button type="button" className="quiet" aria-label="Close the transcript" onClick={onClose}>
          <Icon name="close" size={20} />
        </button>
      </header>
      {rows.length === 0 ? (
        <div className="transcript-empty">
          <Icon name="captions" size={36} />
          <p>What everyone says appears here, with names and times.</p>
        </div>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <ol className="lines" ref={ref} onScroll={onScroll} tabIndex={0} aria-label="Transcript lines">
          {rows.map((row) =>
            row.type === 'caption' ? (
              <TranscriptLine
                key={row.key}
                caption={row.caption}
                name={person(row.caption.participantId)?.name ?? 'Someone'}
                order={person(row.caption.participantId)?.order ?? 0}
                headed={row.headed}
              />
            ) : (
              <TranscriptGap key={row.key} gap={row.gap} name={person(row.gap.participantId)?.name ?? 'someone'} />
            ),
          )}
        </ol>
      )}
      {!following && rows.length > 0 && (
        <button type="button" className="secondary to-end" onClick={toEnd}>
          <Icon name="down" size={16} /> Latest
        </button>
      )}
    </aside>
  );
}
