import type { Clock } from "../stdx/clock.ts";
import { Deque } from "../stdx/deque.ts";

/** How long requests may keep one turn of the event loop: a few dozen of the usual ones. */
const turnMs = 8;

/** @param nowMs when it begins (monotonic) */
type Action = (nowMs: number) => void;

/**
 * Has requests begun by one address after another once there are more than one turn of the event loop can take.
 *
 * The loop accepts one connection in each of its turns, and a turn in which hundreds of busy connections each have a
 * request takes long: so without this one client that sends all it can keeps others from even getting in.
 */
export class FairTurns {
  readonly #clock: Clock;
  /** By address; whose turn is next comes first. */
  readonly #waiting = new Map<string, Deque<Action>>();
  #inTurn = false;
  #turnEndsAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs the action now, or in a later turn when this one is over. */
  take(address: string, action: Action): void {
    if (this.#waiting.size === 0) {
      const nowMs = this.#clock.monotonic();
      if (this.#hasTime(nowMs)) {
        action(nowMs);
        return;
      }
    }
    let queue = this.#waiting.get(address);
    if (!queue) {
      queue = new Deque();
      this.#waiting.set(address, queue);
    }
    queue.pushBack(action);
  }

  #hasTime(nowMs: number): boolean {
    if (this.#inTurn) return nowMs < this.#turnEndsAt;
    this.#begin(nowMs);
    return true;
  }

  #begin(nowMs: number): void {
    this.#inTurn = true;
    this.#turnEndsAt = nowMs + turnMs;
    setImmediate(() => this.#next());
  }

  /** The turn is over; the next one begins with those who wait. */
  #next(): void {
    this.#inTurn = false;
    if (this.#waiting.size === 0) return;
    let nowMs = this.#clock.monotonic();
    this.#begin(nowMs);
    do {
      for (const [address, queue] of this.#waiting) {
        this.#waiting.delete(address);
        queue.popFront()?.(nowMs);
        if (queue.size > 0) this.#waiting.set(address, queue);
        break;
      }
      nowMs = this.#clock.monotonic();
    } while (this.#waiting.size > 0 && nowMs < this.#turnEndsAt);
  }
}
