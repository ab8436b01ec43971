/** What a heap holds: it keeps the item's place in the item, so that taking out any item is as cheap as the first. */
export interface HeapItem {
  /** Owned by the heap; -1 while in none. */
  heapAt: number;
}

/** A binary heap whose items can move or leave from anywhere. An item is in one heap at a time. */
export class Heap<Item extends HeapItem> {
  readonly #items: Item[] = [];
  readonly #before: (a: Item, b: Item) => boolean;

  /** @param before a strict order: whether `a` comes out before `b` */
  constructor(before: (a: Item, b: Item) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): Item | undefined {
    return this.#items[0];
  }

  /** How many pass; looks at all of them. */
  count(passes: (item: Item) => boolean): number {
    let count = 0;
    for (const item of this.#items) if (passes(item)) count++;
    return count;
  }

  push(item: Item): void {
    item.heapAt = this.#items.length;
    this.#items.push(item);
    this.#rise(item);
  }

  pop(): Item | undefined {
    const first = this.#items[0];
    if (first) this.remove(first);
    return first;
  }

  /** Puts an item right after what the order looks at has changed. */
  moved(item: Item): void {
    this.#rise(item);
    this.#sink(item);
  }

  remove(item: Item): void {
    const at = item.heapAt;
    const last = this.#items.pop();
    item.heapAt = -1;
    if (last === undefined || last === item) return;
    this.#place(last, at);
    this.moved(last);
  }

  #place(item: Item, at: number): void {
    this.#items[at] = item;
    item.heapAt = at;
  }

  #rise(item: Item): void {
    let at = item.heapAt;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = this.#items[parentAt];
      if (!parent || !this.#before(item, parent)) break;
      this.#place(parent, at);
      at = parentAt;
    }
    this.#place(item, at);
  }

  #sink(item: Item): void {
    let at = item.heapAt;
    for (;;) {
      const left = this.#items[2 * at + 1];
      const right = this.#items[2 * at + 2];
      const child = right && left && this.#before(right, left) ? right : left;
      if (!child || !this.#before(child, item)) break;
      const childAt = child.heapAt;
      this.#place(child, at);
      at = childAt;
    }
    this.#place(item, at);
  }
}
