import { type FormEvent, type KeyboardEvent, useState } from 'react';
import { type Caption, limits, TritoneError, type TritoneRoom } from '../../../sdk/index.ts';
import { useToast } from '../ui/Toasts.tsx';

interface CaptionEditorProps {
  room: TritoneRoom;
  caption: Caption;
  onDone: () => void;
}

/** Corrects what was heard, for everyone in the call. Enter keeps it, Escape leaves it as it was. */
export function CaptionEditor({ room, caption, onDone }: CaptionEditorProps) {
  const [text, setText] = useState(caption.text);
  const toast = useToast();
  const keep = async (event: FormEvent) => {
    event.preventDefault();
    onDone();
    if (text.trim() === '' || text.trim() === caption.text) return;
    try {
      await room.editCaption(caption.id, text.trim());
    } catch (cause) {
      toast(TritoneError.from(cause, 'internal').message, 'error');
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // A composed letter (an Indian script's, for one) ends with Enter too.
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') onDone();
    if (event.key === 'Enter' && !event.shiftKey) void keep(event);
    event.stopPropagation();
  };
  return (
    <form className="caption-editor" onSubmit={(event) => void keep(event)}>
      <textarea
        // biome-ignore lint/a11y/noAutofocus: it opens where its button was pressed
        autoFocus
        aria-label="Corrected text"
        data-testid="caption-editor"
        lang={caption.language}
        dir="auto"
        rows={2}
        maxLength={limits.captionLength}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <button type="submit" className="secondary">
        Keep
      </button>
      <button type="button" className="quiet" onClick={onDone}>
        Cancel
      </button>
    </form>
  );
}
