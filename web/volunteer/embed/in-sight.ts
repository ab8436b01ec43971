/** Looks this long for what covers it: https://w3c.github.io/IntersectionObserver/v2/ */
const lookEveryMs = 100;

/** What browsers that see through tricks add: the element is neither covered nor faded. */
interface VisibleEntry extends IntersectionObserverEntry {
  readonly isVisible?: boolean;
}

/**
 * Tells whether a person can see this element in whole, whenever that has changed. Whoever embeds the frame could hide it,
 * by a size of nothing or behind something else, and let visitors work without their knowledge.
 */
export function watchSight(element: Element, changed: (inSight: boolean) => void): void {
  let inSight = false;
  const become = (now: boolean) => {
    if (now === inSight) return;
    inSight = now;
    changed(now);
  };
  const options: IntersectionObserverInit & { trackVisibility: boolean; delay: number } = {
    threshold: [0.95, 1],
    trackVisibility: true,
    delay: lookEveryMs,
  };
  const observer = new IntersectionObserver((entries: VisibleEntry[]) => {
    const entry = entries.at(-1);
    const isWhole = entry?.isIntersecting === true && entry.intersectionRatio >= 0.95;
    become(isWhole && entry.isVisible !== false);
  }, options);
  observer.observe(element);
}
