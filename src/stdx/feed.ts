import { Deque } from "./deque.ts";

export interface FeedBounds {
  /** How many items wait for the reader at most. */
  readonly itemsMax: number;
  /** How much they weigh together at most. */
  readonly weightMax: number;
}

/**
 * The buffer between a publisher that never waits and one reader. A reader that is too slow loses what waits and reads,
 * as the last item, how much that was. Breaking off its loop, `close` or disposal ends it; it can be iterated once.
 */
export class Feed<Item> implements AsyncIterable<Item>, Disposable {
  readonly #bounds: FeedBounds;
  readonly #lagged: (missed: number) => Item;
  readonly #left: () => void;
  readonly #items = new Deque<readonly [item: Item, weight: number]>();
  #weight = 0;
  #finished = false;
  #wake: (() => void) | undefined;

  /**
   * @param lagged makes the last item for a reader that missed so many
   * @param left runs once, when nothing more is wanted
   */
  constructor(bounds: FeedBounds, lagged: (missed: number) => Item, left: () => void) {
    this.#bounds = bounds;
    this.#lagged = lagged;
    this.#left = left;
  }

  push(item: Item, weight = 0): void {
    if (this.#finished) return;
    const { itemsMax, weightMax } = this.#bounds;
    if (this.#items.size >= itemsMax || this.#weight + weight > weightMax) {
      const missed = this.#items.size + 1;
      this.#items.filter(() => false);
      this.#items.pushBack([this.#lagged(missed), 0]);
      this.finish();
      return;
    }
    this.#weight += weight;
    this.#items.pushBack([item, weight]);
    this.#wake?.();
  }

  /** What was pushed is still read, then the feed is over. */
  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#left();
    this.#wake?.();
  }

  close(): void {
    this.#items.filter(() => false);
    this.finish();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item> {
    try {
      for (;;) {
        const next = this.#items.popFront();
        if (next) {
          const [item, weight] = next;
          this.#weight -= weight;
          yield item;
        } else if (this.#finished) {
          return;
        } else {
          const wake = Promise.withResolvers<void>();
          this.#wake = wake.resolve;
          await wake.promise;
          this.#wake = undefined;
        }
      }
    } finally {
      this.close();
    }
  }
}
