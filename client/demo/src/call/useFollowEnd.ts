import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';

/** Closer to the end than this counts as being there. */
const NEAR_PX = 48;

/** Keeps a list at its end while it grows, until the reader scrolls up. */
export function useFollowEnd<E extends HTMLElement>(
  content: unknown,
): { ref: RefObject<E | null>; following: boolean; toEnd: () => void; onScroll: () => void } {
  const ref = useRef<E>(null);
  const [following, setFollowing] = useState(true);
  const toEnd = useCallback(() => {
    const list = ref.current;
    if (list !== null) list.scrollTop = list.scrollHeight;
    setFollowing(true);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the content has changed
  useLayoutEffect(() => {
    if (following) toEnd();
  }, [content, following, toEnd]);
  const onScroll = useCallback(() => {
    const list = ref.current;
    if (list !== null) setFollowing(list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_PX);
  }, []);
  return { ref, following, toEnd, onScroll };
}
