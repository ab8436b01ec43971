import { batch, type ReadonlySignal, signal } from "@preact/signals";

/** A line with a number of its own, by which a list keeps its place. */
export interface TailLine<Line> {
  readonly number: number;
  readonly line: Line;
}

/** The newest lines of a log that goes on. While it is paused, what comes is held back. */
export class LogTail<Line> {
  readonly #linesMax: number;
  readonly #lines = signal<readonly TailLine<Line>[]>([]);
  readonly #held = signal<readonly TailLine<Line>[]>([]);
  readonly #paused = signal(false);
  readonly #dropped = signal(0);
  #next = 1;

  readonly lines: ReadonlySignal<readonly TailLine<Line>[]> = this.#lines;
  readonly paused: ReadonlySignal<boolean> = this.#paused;
  /** How many lines came since it was paused; those beyond the bound push out the oldest. */
  readonly held: ReadonlySignal<readonly TailLine<Line>[]> = this.#held;
  /** How many older lines were let go to stay within the bound. */
  readonly dropped: ReadonlySignal<number> = this.#dropped;

  /** @param linesMax how many lines are kept, and as many again while it is paused */
  constructor(linesMax: number) {
    this.#linesMax = linesMax;
  }

  push(lines: readonly Line[]): void {
    const added = lines.map((line) => ({ number: this.#next++, line }));
    const target = this.#paused.peek() ? this.#held : this.#lines;
    const all = [...target.peek(), ...added];
    batch(() => {
      target.value = all.slice(-this.#linesMax);
      this.#dropped.value += Math.max(0, all.length - this.#linesMax);
    });
  }

  pause(): void {
    this.#paused.value = true;
  }

  /** Shows what was held back, and what comes from now on. */
  resume(): void {
    batch(() => {
      const held = this.#held.peek();
      this.#held.value = [];
      this.#paused.value = false;
      const all = [...this.#lines.peek(), ...held];
      this.#lines.value = all.slice(-this.#linesMax);
      this.#dropped.value += Math.max(0, all.length - this.#linesMax);
    });
  }

  /** Empties the view; the log itself stays as it is. */
  clear(): void {
    batch(() => {
      this.#lines.value = [];
      this.#held.value = [];
      this.#dropped.value = 0;
    });
  }
}
