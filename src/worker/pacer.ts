import type { Cell } from "../sandbox/hosts/cell.ts";
import type { Clock, Timer } from "../stdx/clock.ts";
import { ShareKeeper, sliceMs } from "./share-keeper.ts";

/** A rest this long is told, so that work goes elsewhere meanwhile. */
const toldRestMs = 50;

export interface PacerEvents {
  /** The slot begins a rest long enough to be told of. */
  resting(): void;
  /** The slot may begin to work again. @param told whether `resting` was called before */
  rested(told: boolean): void;
}

/**
 * Keeps a slot to its share: it rests between one piece of work and the next, and where cells can be stopped and
 * continued, in the middle of long ones too.
 */
export class Pacer {
  readonly #clock: Clock;
  readonly #events: PacerEvents;
  readonly #keeper: ShareKeeper;
  /** The cell that is at work, whether it is stopped or not. */
  #cell: Cell | undefined;
  #stopped = false;
  #told = false;
  #owedMs = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, share: number, events: PacerEvents) {
    this.#clock = clock;
    this.#events = events;
    this.#keeper = new ShareKeeper(clock, share);
  }

  get share(): number {
    return this.#keeper.share;
  }

  /** Holds from now on, for what is at work and for the rest that is being taken. */
  set share(share: number) {
    this.#keeper.share = share;
    if (this.#cell && this.#stopped) this.#stayStopped(this.#cell);
    else if (this.#cell) this.#goOn(this.#cell);
    else if (this.#timer) this.#restOn();
  }

  get mayBegin(): boolean {
    return this.#cell === undefined && this.#timer === undefined;
  }

  /** Whether a rest is being taken that was told of. */
  get isResting(): boolean {
    return this.#told;
  }

  /** This cell is at work from now on. */
  work(cell: Cell): void {
    if (this.#cell === cell) return;
    if (this.#cell) this.#leave();
    this.#cell = cell;
    this.#goOn(cell);
  }

  /** So much was done for the slot beside its work, which the rest after that makes up for. */
  owe(ms: number): void {
    this.#owedMs += ms;
  }

  /** The work has ended, and a rest begins if one is due. */
  rest(): void {
    if (!this.#cell) return;
    this.#leave();
    const ms = this.#keeper.restMs;
    if (ms > 0 || this.#told) this.#restFor(ms);
  }

  #leave(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    // What it had to say may have been on its way when it was stopped.
    if (this.#stopped) this.#cell?.resume();
    this.#stopped = false;
    this.#cell = undefined;
    this.#keeper.rest();
    this.#keeper.spend(this.#owedMs);
    this.#owedMs = 0;
  }

  #goOn(cell: Cell): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#keeper.work();
    const leftMs = this.#keeper.sliceLeftMs;
    if (leftMs !== Number.POSITIVE_INFINITY) this.#stopAfter(leftMs, cell);
  }

  #stopAfter(ms: number, cell: Cell): void {
    this.#timer = this.#clock.after(Math.ceil(ms), () => {
      if (cell.suspend()) {
        this.#stopped = true;
        this.#keeper.rest();
        this.#stayStopped(cell);
      } else {
        // It can't be stopped, or not yet: then it rests for longer afterwards.
        this.#stopAfter(sliceMs, cell);
      }
    });
  }

  #stayStopped(cell: Cell): void {
    this.#timer?.cancel();
    const ms = this.#keeper.restMs;
    this.#timer = this.#clock.after(Math.ceil(ms), () => {
      if (this.#keeper.restMs > 0) {
        this.#stayStopped(cell);
        return;
      }
      this.#stopped = false;
      cell.resume();
      this.#goOn(cell);
    });
  }

  #restFor(ms: number): void {
    this.#timer = this.#clock.after(Math.ceil(ms), () => this.#restOn());
    if (this.#told || ms < toldRestMs) return;
    this.#told = true;
    this.#events.resting();
  }

  /** Goes on with a rest for as long as is still due, or ends it. */
  #restOn(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const ms = this.#keeper.restMs;
    if (ms > 0) {
      this.#restFor(ms);
      return;
    }
    const told = this.#told;
    this.#told = false;
    this.#events.rested(told);
  }
}
