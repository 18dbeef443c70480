import type { Caption } from '../../../sdk/index.ts';
import { splitAt } from '../lib/format.ts';

/** What may still change looks lighter. */
export function CaptionText({ caption }: { caption: Caption }) {
  const lang = caption.language === 'auto' ? undefined : caption.language;
  if (caption.final) {
    return (
      <span className="said" lang={lang} dir="auto">
        {caption.text}
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
