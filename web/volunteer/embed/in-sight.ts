/** Looks this long for what covers it: https://w3c.github.io/IntersectionObserver/v2/ */
const lookEveryMs = 100;

/** What browsers that see through tricks add: the element is neither covered nor faded. */
interface VisibleEntry extends IntersectionObserverEntry {
  readonly isVisible?: boolean;
}

/**
 * Resolves once a person can see this element in whole. Whoever embeds the frame could hide it, by a size of nothing or
 * behind something else, and let visitors work without their knowledge: then nothing starts.
 */
export function seen(element: Element): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const options: IntersectionObserverInit & { trackVisibility: boolean; delay: number } = {
    threshold: [0.95, 1],
    trackVisibility: true,
    delay: lookEveryMs,
  };
  const observer = new IntersectionObserver((entries: VisibleEntry[]) => {
    const entry = entries.at(-1);
    if (!entry?.isIntersecting || entry.intersectionRatio < 0.95 || entry.isVisible === false) return;
    observer.disconnect();
    resolve();
  }, options);
  observer.observe(element);
  return promise;
}
