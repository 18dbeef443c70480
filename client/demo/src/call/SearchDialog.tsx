import { type FormEvent, useId, useRef, useState } from 'react';
import { searchTranscripts, type TranscriptHit, TritoneError, type TritoneRoom } from '../../../sdk/index.ts';
import { clockTime } from '../lib/format.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/Icon.tsx';

interface SearchDialogProps {
  room: TritoneRoom;
  onClose: () => void;
  /** To a line of the call that runs. */
  onJump: (captionId: string) => void;
}

/** In all that was said in this room, today and before. */
export function SearchDialog({ room, onClose, onJump }: SearchDialogProps) {
  const id = useId();
  const [text, setText] = useState('');
  const [hits, setHits] = useState<readonly TranscriptHit[]>();
  const [next, setNext] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const asked = useRef('');

  const find = async (wanted: string, after?: string) => {
    asked.current = wanted;
    try {
      const page = await searchTranscripts({ room: room.name, text: wanted, ...(after !== undefined && { after }) });
      if (asked.current !== wanted) return;
      setProblem(undefined);
      setHits((former) => (after === undefined ? page.hits : [...(former ?? []), ...page.hits]));
      setNext(page.next);
    } catch (cause) {
      setProblem(TritoneError.from(cause, 'internal').message);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '') void find(text.trim());
  };

  return (
    <Dialog title="Search what was said" onClose={onClose}>
      <search>
        <form className="search-form" onSubmit={submit}>
          <div className="field">
            <label htmlFor={id}>Words, in any script</label>
            <input
              id={id}
              type="search"
              data-testid="search-text"
              value={text}
              maxLength={500}
              onChange={(event) => setText(event.target.value)}
            />
          </div>
          <button type="submit" className="primary" data-testid="search">
            <Icon name="search" size={18} /> Search
          </button>
        </form>
      </search>
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <p className="visually-hidden" role="status">
        {hits === undefined ? '' : `${hits.length} lines found`}
      </p>
      {hits?.length === 0 && <p className="hint">Nobody said that here.</p>}
      <ol className="search-hits">
        {hits?.map((hit) => (
          <SearchHit
            key={`${hit.callId} ${hit.captionId}`}
            hit={hit}
            onJump={hit.callId === room.callId ? onJump : undefined}
          />
        ))}
      </ol>
      {next !== undefined && (
        <button type="button" className="secondary" onClick={() => void find(asked.current, next)}>
          Earlier
        </button>
      )}
    </Dialog>
  );
}

function SearchHit({ hit, onJump }: { hit: TranscriptHit; onJump: ((captionId: string) => void) | undefined }) {
  const when = new Date(hit.saidAtMs).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <li className="search-hit" data-testid="search-hit">
      <p className="search-hit-head">
        <bdi>{hit.speaker ?? 'Someone'}</bdi> <time dateTime={new Date(hit.saidAtMs).toISOString()}>{when}</time>
        {onJump !== undefined && (
          <button type="button" className="quiet search-hit-jump" onClick={() => onJump(hit.captionId)}>
            {clockTime(hit.startMs)} in this call
          </button>
        )}
      </p>
      <p lang={hit.language} dir="auto">
        {hit.text}
      </p>
    </li>
  );
}
