/** Counts things in all and for each key, within bounds. What is not there costs nothing. */
export class PerKey {
  readonly #max: number;
  readonly #perKeyMax: number;
  readonly #counts = new Map<string, number>();
  #total = 0;

  constructor(max: number, perKeyMax: number) {
    this.#max = max;
    this.#perKeyMax = perKeyMax;
  }

  get total(): number {
    return this.#total;
  }

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** Whether one more of this key would be too many. */
  wouldExceed(key: string): boolean {
    return this.#total >= this.#max || this.of(key) >= this.#perKeyMax;
  }

  /** @returns why not; undefined when it was counted */
  add(key: string, amount = 1): "total" | "key" | undefined {
    if (this.#total + amount > this.#max) return "total";
    const count = this.of(key) + amount;
    if (count > this.#perKeyMax) return "key";
    this.#total += amount;
    this.#counts.set(key, count);
    return undefined;
  }

  remove(key: string, amount = 1): void {
    this.#total -= amount;
    const count = this.of(key) - amount;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }
}
