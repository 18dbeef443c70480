/** A picture out of sight is received for this long: a look at another tab costs no key frame. */
const OUT_OF_SIGHT_MS = 2_000;

/**
 * Tells how many device pixels of `element` show: its size, or 0 by 0 when it is hidden, scrolled away
 * or its page is in the background. The answer stops watching.
 */
export function watchTile(element: HTMLElement, report: (widthPx: number, heightPx: number) => void): () => void {
  let inView = true;
  let hiding: ReturnType<typeof setTimeout> | undefined;
  const measure = () => {
    clearTimeout(hiding);
    const { width, height } = element.getBoundingClientRect();
    if (inView && !document.hidden && width > 0 && height > 0)
      report(width * devicePixelRatio, height * devicePixelRatio);
    else hiding = setTimeout(() => report(0, 0), OUT_OF_SIGHT_MS);
  };
  const sizes = new ResizeObserver(measure);
  const sights = new IntersectionObserver(([entry]) => {
    inView = entry?.isIntersecting ?? true;
    measure();
  });
  sizes.observe(element);
  sights.observe(element);
  document.addEventListener('visibilitychange', measure);
  measure();
  return () => {
    clearTimeout(hiding);
    sizes.disconnect();
    sights.disconnect();
    document.removeEventListener('visibilitychange', measure);
  };
}
