/** Waiting times between attempts: doubling from `firstMs` to `mostMs`, each drawn at random from its upper half. */
export class Backoff {
  readonly #firstMs: number;
  readonly #mostMs: number;
  readonly #random: () => number;
  #attempt = 0;

  constructor(firstMs: number, mostMs: number, random: () => number = Math.random) {
    this.#firstMs = firstMs;
    this.#mostMs = mostMs;
    this.#random = random;
  }

  nextMs(): number {
    const ceiling = Math.min(this.#mostMs, this.#firstMs * 2 ** Math.min(this.#attempt++, 30));
    return Math.round(ceiling / 2 + (this.#random() * ceiling) / 2);
  }

  reset(): void {
    this.#attempt = 0;
  }
}
