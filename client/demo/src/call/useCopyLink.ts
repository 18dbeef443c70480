import { useCallback, useEffect, useState } from 'react';
import { roomLink } from '../lib/deepLink.ts';
import { isOnThisMachine, networkOrigin } from '../lib/networkLink.ts';
import { useToast } from '../ui/Toasts.tsx';

export interface CopyLink {
  readonly link: string;
  readonly copied: boolean;
  copy: () => void;
}

const THANKS_MS = 2_500;

/** The room's link, one that others can open wherever the server has one. */
export function useCopyLink(room: string): CopyLink {
  const [copied, setCopied] = useState(false);
  const origin = useNetworkOrigin();
  const toast = useToast();
  const link = roomLink(room, origin);
  const copy = useCallback(() => {
    navigator.clipboard.writeText(link).then(
      () => {
        setCopied(true);
        setTimeout(() => setCopied(false), THANKS_MS);
        toast(
          isOnThisMachine(new URL(link).hostname)
            ? 'Link copied. It works on this machine; for others take the network link that the server printed.'
            : 'Link copied',
        );
      },
      () => toast(`The browser did not allow copying. The link: ${link}`, 'error'),
    );
  }, [link, toast]);
  return { link, copied, copy };
}

/** Asked only where this page's own address is of no use to others. */
function useNetworkOrigin(): string | undefined {
  const [origin, setOrigin] = useState<string>();
  useEffect(() => {
    if (!isOnThisMachine()) return;
    const unmounted = new AbortController();
    void networkOrigin(unmounted.signal).then(setOrigin);
    return () => unmounted.abort();
  }, []);
  return origin;
}
