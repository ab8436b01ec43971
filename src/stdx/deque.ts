/** A double-ended queue in a ring of a power of two: constant time at both ends, and it shrinks when it empties. */
export class Deque<Item> {
  #ring: (Item | undefined)[] = new Array(4);
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The item at a place, 0 being the front; undefined beyond the end. */
  at(place: number): Item | undefined {
    if (place < 0 || place >= this.#size) return undefined;
    return this.#ring[(this.#head + place) & (this.#ring.length - 1)];
  }

  pushBack(item: Item): void {
    if (this.#size === this.#ring.length) this.#resize(this.#size * 2);
    this.#ring[(this.#head + this.#size) & (this.#ring.length - 1)] = item;
    this.#size++;
  }

  pushFront(item: Item): void {
    if (this.#size === this.#ring.length) this.#resize(this.#size * 2);
    this.#head = (this.#head - 1) & (this.#ring.length - 1);
    this.#ring[this.#head] = item;
    this.#size++;
  }

  popFront(): Item | undefined {
    if (this.#size === 0) return undefined;
    const item = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#size--;
    // A quarter full, not half: so that a queue around one size doesn't copy itself at every turn.
    if (this.#ring.length > 64 && this.#size < this.#ring.length / 4) this.#resize(this.#ring.length / 2);
    return item;
  }

  /** Keeps what passes, in order. */
  filter(keep: (item: Item) => boolean): void {
    const kept = [...this].filter(keep);
    this.#size = kept.length;
    let length = 4;
    while (length < kept.length) length *= 2;
    this.#ring = kept;
    this.#ring.length = length;
    this.#head = 0;
  }

  *[Symbol.iterator](): Generator<Item> {
    for (let place = 0; place < this.#size; place++) {
      yield this.#ring[(this.#head + place) & (this.#ring.length - 1)] as Item;
    }
  }

  #resize(length: number): void {
    const ring: (Item | undefined)[] = new Array(length);
    for (let place = 0; place < this.#size; place++) ring[place] = this.at(place);
    this.#ring = ring;
    this.#head = 0;
  }
}
