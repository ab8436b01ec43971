/** Things that arrive one by one, for a test that waits for the next. */
export class Inbox<Item> {
  #items: Item[] = [];
  #waiting: ((item: Item) => void)[] = [];

  put(item: Item): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(item);
    else this.#items.push(item);
  }

  next(): Promise<Item> {
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve(item);
    const { promise, resolve } = Promise.withResolvers<Item>();
    this.#waiting.push(resolve);
    return promise;
  }

  /** What has arrived and was not taken. */
  get waiting(): readonly Item[] {
    return this.#items;
  }
}
