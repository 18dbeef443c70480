import { memo, useMemo, useRef, useState } from 'react';
import type { RoomParticipant, TritoneRoom } from '../../../sdk/index.ts';
import { useRoom } from '../hooks/useLive.ts';
import { Icon } from '../ui/Icon.tsx';
import { DownloadLinks } from './DownloadLinks.tsx';
import { SearchDialog } from './SearchDialog.tsx';
import { TranscriptGap, TranscriptLine } from './TranscriptLine.tsx';
import { type TranscriptBlock, transcriptBlocks } from './transcriptRows.ts';
import { useLatestLines } from './useLatestLines.ts';

/** All that was said, with names and times. A sheet on narrow screens. */
export function TranscriptPanel({ room, onClose }: { room: TritoneRoom; onClose: () => void }) {
  const participants = useRoom(room, 'state', ({ state }) => state.participants);
  const blocks = useTranscriptBlocks(room);
  const [searching, setSearching] = useState(false);
  const { ref, shown, following, toEnd, onScroll } = useLatestLines<HTMLDivElement, TranscriptBlock>(blocks);

  return (
    <aside className="transcript" aria-label="Transcript">
      <header>
        <h2>Transcript</h2>
        <DownloadLinks room={room.name} />
        <button
          type="button"
          className="quiet"
          aria-label="Search what was said"
          data-testid="open-search"
          onClick={() => setSearching(true)}
        >
          <Icon name="search" size={18} />
        </button>
        <button type="button" className="quiet" aria-label="Close the transcript" onClick={onClose}>
          <Icon name="close" size={20} />
        </button>
      </header>
      {blocks.length === 0 ? (
        <div className="transcript-empty">
          <Icon name="captions" size={36} />
          <p>What everyone says appears here, with names and times.</p>
        </div>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className="lines" ref={ref} onScroll={onScroll} tabIndex={0} aria-label="Transcript lines">
          {shown.map((block) => (
            <Lines key={block.key} room={room} block={block} participants={participants} />
          ))}
        </section>
      )}
      {!following && blocks.length > 0 && (
        <button type="button" className="secondary to-end" onClick={toEnd}>
          <Icon name="down" size={16} /> Latest
        </button>
      )}
      {searching && (
        <SearchDialog
          room={room}
          onClose={() => setSearching(false)}
          onJump={(captionId) => {
            setSearching(false);
            jumpTo(ref.current, captionId);
          }}
        />
      )}
    </aside>
  );
}

function jumpTo(lines: HTMLElement | null, captionId: string): void {
  const line = lines?.querySelector<HTMLElement>(`[data-caption-id="${CSS.escape(captionId)}"]`);
  line?.scrollIntoView({ block: 'center' });
  line?.animate([{ background: 'var(--raised-hover)' }, { background: 'transparent' }], 1500);
}

interface LinesProps {
  room: TritoneRoom;
  block: TranscriptBlock;
  participants: ReadonlyMap<string, RoomParticipant>;
}

const Lines = memo(function Lines({ room, block, participants }: LinesProps) {
  return (
    <ol className="lines-block">
      {block.rows.map((row) => {
        const { participantId } = row.type === 'gap' ? row.gap : row.caption;
        const person = participants.get(participantId);
        if (row.type === 'gap') return <TranscriptGap key={row.key} gap={row.gap} name={person?.name ?? 'someone'} />;
        return (
          <TranscriptLine
            key={row.key}
            room={room}
            caption={row.caption}
            name={person?.name ?? 'Someone'}
            order={person?.order ?? 0}
            headed={row.headed}
          />
        );
      })}
    </ol>
  );
});

function useTranscriptBlocks(room: TritoneRoom): readonly TranscriptBlock[] {
  const captions = useRoom(room, 'state', ({ state }) => state.captions);
  const gaps = useRoom(room, 'state', ({ state }) => state.gaps);
  const former = useRef<readonly TranscriptBlock[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: blocks depend on these two parts of the state alone
  former.current = useMemo(() => transcriptBlocks(room.state, former.current), [room, captions, gaps]);
  return former.current;
}
