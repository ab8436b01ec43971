import { instancesKept } from "../protocol/volunteer.ts";
import { Shelf } from "../stdx/shelf.ts";
import type { Call, CalledFunction } from "./call.ts";
import type { Lane } from "./lane.ts";

/** What the desk for calls knows of one lane. */
export class LaneCalls {
  readonly lane: Lane;
  /** All of one function, in the order sent; the first is at its turn. */
  readonly #held: Call[] = [];
  /** When the first of them came (monotonic), of a row without a pause. */
  #since = 0;
  /** As the volunteer keeps them, by the order of the calls. */
  readonly #warm = new Shelf<CalledFunction>(instancesKept);

  constructor(lane: Lane) {
    this.lane = lane;
  }

  get head(): Call | undefined {
    return this.#held[0];
  }

  get calls(): readonly Call[] {
    return [...this.#held];
  }

  /** How long it has had calls of one function without a pause. */
  rowMs(nowMs: number): number {
    return nowMs - this.#since;
  }

  add(call: Call, nowMs: number): void {
    const { lane } = this;
    const { called } = call;
    if (this.#held.length === 0) {
      this.#since = nowMs;
      lane.beginAnew();
      lane.callsSince ??= nowMs;
      call.turnAt = nowMs;
      lane.volunteer.calling.set(lane.slot, called.revision);
    }
    this.#held.push(call);
    lane.callsHeld = this.#held.length;
    lane.callCharsHeld += call.invocation.requestJson.length;
    for (const gone of this.#warm.put(called.revision.id, called)) gone.warm.delete(lane);
    called.warm.delete(lane);
    called.warm.add(lane);
  }

  remove(call: Call, nowMs: number): void {
    const at = this.#held.indexOf(call);
    if (at >= 0) {
      this.#held.splice(at, 1);
      this.lane.callCharsHeld -= call.invocation.requestJson.length;
    }
    this.lane.callsHeld = this.#held.length;
    if (this.head) this.head.turnAt ??= nowMs;
    else this.lane.volunteer.calling.delete(this.lane.slot);
  }

  /** The function gets no calls any more. */
  forget(called: CalledFunction): void {
    this.#warm.delete(called.revision.id);
  }

  /** The lane is no more. */
  close(): void {
    for (const called of this.#warm.values()) called.warm.delete(this.lane);
  }
}
