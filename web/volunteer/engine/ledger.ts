import type { Clock, Timer } from "../../../src/stdx/clock.ts";
import { addTotals, noTotals, type Totals } from "../totals.ts";

const saveAfterMs = 2000;

/** Where totals are kept between visits. */
export interface TotalsKeeper {
  read(): Promise<Totals>;
  /** Adds, and answers the sum with what others have added. */
  add(more: Totals, now: number): Promise<Totals>;
}

/** The totals as they stand, of which the newest are on their way to where they are kept. */
export class Ledger {
  readonly #keeper: TotalsKeeper;
  readonly #clock: Clock;
  readonly #changed: () => void;
  #kept = noTotals;
  #saving = noTotals;
  #unsaved = noTotals;
  #timer: Timer | undefined;

  constructor(keeper: TotalsKeeper, clock: Clock, changed: () => void) {
    this.#keeper = keeper;
    this.#clock = clock;
    this.#changed = changed;
    void this.reread();
  }

  get totals(): Totals {
    const now = this.#clock.now();
    return addTotals(addTotals(this.#kept, this.#saving, now), this.#unsaved, now);
  }

  add(done: Totals): void {
    if (done === noTotals) return;
    this.#unsaved = addTotals(this.#unsaved, done, this.#clock.now());
    this.#timer ??= this.#clock.after(saveAfterMs, () => void this.save());
  }

  /** Somebody else has added to what is kept. */
  async reread(): Promise<void> {
    if (this.#saving !== noTotals) return;
    const kept = await this.#keeper.read();
    // What is being saved meanwhile answers with a newer sum.
    if (this.#saving !== noTotals) return;
    this.#kept = kept;
    this.#changed();
  }

  async save(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#unsaved === noTotals || this.#saving !== noTotals) return;
    this.#saving = this.#unsaved;
    this.#unsaved = noTotals;
    this.#kept = await this.#keeper.add(this.#saving, this.#clock.now());
    this.#saving = noTotals;
    this.#changed();
    if (this.#unsaved !== noTotals) this.#timer ??= this.#clock.after(saveAfterMs, () => void this.save());
  }
}
