import { useCallback, useState } from 'react';
import { useToast } from '../ui/Toasts.tsx';

export interface CopyLink {
  readonly link: string;
  readonly copied: boolean;
  copy: () => void;
}

const THANKS_MS = 2_500;
const onThisMachine = ['localhost', '127.0.0.1', '[::1]'].includes(globalThis.location.hostname);

export function useCopyLink(link: string): CopyLink {
  const [copied, setCopied] = useState(false);
  const toast = useToast();
  const copy = useCallback(() => {
    navigator.clipboard.writeText(link).then(
      () => {
        setCopied(true);
        setTimeout(() => setCopied(false), THANKS_MS);
        toast(
          onThisMachine
            ? 'Link copied. It works on this machine; for others take the network link that the server printed.'
            : 'Link copied',
        );
      },
      () => toast(`The browser did not allow copying. The link: ${link}`, 'error'),
    );
  }, [link, toast]);
  return { link, copied, copy };
}
