/**
 * Things by name, of which the `max` used last are kept. Two ends of a wire that each hold one and touch it in the order
 * of the messages know of each other what the other still has, without asking.
 */
export class Shelf<Thing> {
  readonly #max: number;
  readonly #things = new Map<string, Thing>();

  constructor(max: number) {
    this.#max = max;
  }

  /** The thing, whose place stays what it was. */
  get(name: string): Thing | undefined {
    return this.#things.get(name);
  }

  /** The thing, which now counts as the one used last. */
  touch(name: string): Thing | undefined {
    const thing = this.#things.get(name);
    if (thing === undefined) return undefined;
    this.#things.delete(name);
    this.#things.set(name, thing);
    return thing;
  }

  /** @returns what had to go */
  put(name: string, thing: Thing): Thing[] {
    this.#things.delete(name);
    this.#things.set(name, thing);
    const gone: Thing[] = [];
    for (const [oldest, dropped] of this.#things) {
      if (this.#things.size <= this.#max) break;
      this.#things.delete(oldest);
      gone.push(dropped);
    }
    return gone;
  }

  delete(name: string): Thing | undefined {
    const thing = this.#things.get(name);
    this.#things.delete(name);
    return thing;
  }

  clear(): void {
    this.#things.clear();
  }

  values(): IterableIterator<Thing> {
    return this.#things.values();
  }
}
