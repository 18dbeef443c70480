import { Icon } from '../ui/Icon.tsx';
import type { CopyLink } from './useCopyLink.ts';

/** Nobody else is here: not yet, or, with `othersLeft`, no longer. */
export function Invitation({ copyLink, othersLeft }: { copyLink: CopyLink; othersLeft: boolean }) {
  return (
    <div className="invitation">
      <p>
        <strong>{othersLeft ? 'You are alone here now.' : 'You are the first one here.'}</strong> Send the link to the
        others:
      </p>
      <code>{copyLink.link}</code>
      <button type="button" className="secondary" onClick={copyLink.copy}>
        <Icon name={copyLink.copied ? 'check' : 'link'} size={18} /> {copyLink.copied ? 'Copied' : 'Copy link'}
      </button>
    </div>
  );
}
