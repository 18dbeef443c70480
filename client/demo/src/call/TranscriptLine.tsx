import { memo, useState } from 'react';
import type { Caption, CaptionGap, TritoneRoom } from '../../../sdk/index.ts';
import { clockTime } from '../lib/format.ts';
import { speakerColor } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { CaptionEditor } from './CaptionEditor.tsx';
import { CaptionText } from './CaptionText.tsx';

interface TranscriptLineProps {
  room: TritoneRoom;
  caption: Caption;
  name: string;
  order: number;
  /** First line of a turn: with name and time. */
  headed: boolean;
}

export const TranscriptLine = memo(function TranscriptLine({
  room,
  caption,
  name,
  order,
  headed,
}: TranscriptLineProps) {
  const time = clockTime(caption.startMs);
  const [editing, setEditing] = useState(false);
  return (
    <li
      className="line"
      data-testid="transcript-entry"
      data-participant={caption.participantId}
      data-caption-id={caption.id}
      data-final={caption.final}
      data-revision={caption.revision}
      data-start-ms={caption.startMs}
      data-headed={headed}
      style={{ '--speaker': speakerColor(order) }}
    >
      <p className={headed ? 'line-head' : 'visually-hidden'}>
        <span className="line-name" data-testid="transcript-name">
          <bdi>{name}</bdi>
          {caption.source === 'screen' && ' · screen'}
        </span>{' '}
        <time data-testid="transcript-time">{time}</time>
      </p>
      {editing ? (
        <CaptionEditor room={room} caption={caption} onDone={() => setEditing(false)} />
      ) : (
        <div className="line-text" data-testid="transcript-text">
          <CaptionText room={room} caption={caption} />
          {caption.editedBy !== undefined && <span className="translation-note">corrected</span>}
          {caption.final && (
            <button
              type="button"
              className="line-edit"
              data-testid="caption-edit"
              aria-label={`Correct: ${caption.text.slice(0, 60)}`}
              onClick={() => setEditing(true)}
            >
              <Icon name="pencil" size={14} />
            </button>
          )}
        </div>
      )}
    </li>
  );
});

const reasons: Record<CaptionGap['reason'], string> = {
  overload: 'the recogniser was overloaded',
  outage: 'the recogniser was away',
  'packet-loss': 'the sound did not arrive',
};

export const TranscriptGap = memo(function TranscriptGap({ gap, name }: { gap: CaptionGap; name: string }) {
  const seconds = Math.max(1, Math.round((gap.endMs - gap.startMs) / 1000));
  return (
    <li className="line-gap" data-testid="transcript-gap" data-participant={gap.participantId}>
      <Icon name="warning" size={15} />
      <span>
        {clockTime(gap.startMs)} · {seconds} s of what <bdi>{name}</bdi> said is missing: {reasons[gap.reason]}
      </span>
    </li>
  );
});
