import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';

/** Closer to the end than this counts as being there. */
const NEAR_END_PX = 48;
/** Closer to the top than this, earlier blocks are added above. */
const NEAR_TOP_PX = 800;
/** Blocks drawn at the end, and added above at a time. */
const STEP = 6;

interface LatestLines<E extends HTMLElement, B> {
  ref: RefObject<E | null>;
  /** The blocks to draw. */
  shown: readonly B[];
  following: boolean;
  toEnd: () => void;
  onScroll: () => void;
}

/**
 * Keeps a list at its end while it grows, until the reader scrolls up. Only the end is drawn; what came earlier is added
 * above while the reader goes up to it, and what they read stays where it is. Each block is one child of the list.
 */
export function useLatestLines<E extends HTMLElement, B>(blocks: readonly B[]): LatestLines<E, B> {
  const ref = useRef<E>(null);
  const [following, setFollowing] = useState(true);
  /** First block drawn while the reader is away from the end. */
  const [heldFrom, setHeldFrom] = useState(0);
  /** What stood at the top before blocks were added above it, and where. */
  const anchor = useRef<{ block: HTMLElement; topPx: number }>(undefined);
  const latestFrom = Math.max(0, blocks.length - STEP);
  const from = following ? latestFrom : Math.min(heldFrom, latestFrom);

  const toEnd = useCallback(() => {
    const list = ref.current;
    if (list !== null) list.scrollTop = list.scrollHeight;
    setFollowing(true);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever other blocks are drawn
  useLayoutEffect(() => {
    if (following) return toEnd();
    const list = ref.current;
    if (list !== null && anchor.current !== undefined) {
      list.scrollTop += anchor.current.block.offsetTop - anchor.current.topPx;
      anchor.current = undefined;
    }
  }, [blocks, from, following, toEnd]);
  const onScroll = useCallback(() => {
    const list = ref.current;
    if (list === null) return;
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END_PX;
    setFollowing(atEnd);
    if (atEnd) return;
    const more = list.scrollTop < NEAR_TOP_PX && from > 0;
    const block = list.firstElementChild;
    if (more && block instanceof HTMLElement) anchor.current = { block, topPx: block.offsetTop };
    setHeldFrom(more ? Math.max(0, from - STEP) : from);
  }, [from]);
  return { ref, shown: blocks.slice(from), following, toEnd, onScroll };
}
