import { type Caption, type TritoneRoom, translationOf } from '../../../sdk/index.ts';
import { useRoom, useSettings } from '../hooks/useLive.ts';
import { splitAt } from '../lib/format.ts';

interface CaptionTextProps {
  room: TritoneRoom;
  caption: Caption;
}

/** In the language that is read here, where there is a translation; what may still change looks lighter. */
export function CaptionText({ room, caption }: CaptionTextProps) {
  const { bilingual } = useSettings();
  const translation = useRoom(room, 'state', ({ state, captionLanguage }) =>
    captionLanguage === 'original' ? undefined : translationOf(state, caption.id, captionLanguage),
  );
  if (translation === undefined) return <Original caption={caption} />;
  if (translation.failed !== undefined) {
    return (
      <>
        <Original caption={caption} />
        <span className="translation-note">could not be translated</span>
      </>
    );
  }
  return (
    <>
      <span
        className="said"
        data-testid="translation"
        data-final={translation.final}
        lang={translation.language}
        dir="auto"
      >
        <span className={translation.final ? undefined : 'provisional'}>{translation.text}</span>
      </span>
      {bilingual && (
        <span className="original">
          <Original caption={caption} />
        </span>
      )}
    </>
  );
}

function Original({ caption }: { caption: Caption }) {
  const lang = caption.language === 'auto' ? undefined : caption.language;
  if (caption.final) {
    return (
      <span className="said" lang={lang} dir="auto">
        {caption.text}
        {caption.unsaved === true && <span className="translation-note">not saved yet</span>}
      </span>
    );
  }
  const [settled, open] = splitAt(caption.text, caption.stableChars);
  return (
    <span className="said" lang={lang} dir="auto">
      <span>{settled}</span>
      <span className="provisional">{open}</span>
    </span>
  );
}
