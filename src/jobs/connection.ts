import type { ReadyMessage } from "../protocol/volunteer.ts";
import type { Volunteer } from "../volunteers/registry.ts";
import { Lane } from "./lane.ts";
import { type Lease, PastLeases } from "./leases.ts";
import type { LiveJob } from "./live-job.ts";
import { type Taker, takerOf, takes } from "./match.ts";

/** One connected volunteer with its lanes. */
export class Connection {
  readonly volunteer: Volunteer;
  /** By slot. Those of slots that the volunteer no longer offers are retired. */
  readonly lanes: Lane[] = [];
  /** Jobs that it held before. */
  readonly past = new PastLeases();
  /** Questions of its guests that are being answered. */
  asking = 0;
  /** How often it said `ready` since this instant, in monotonic milliseconds. */
  readySince: number;
  readies = 1;
  /** When a heartbeat was last sent, in monotonic milliseconds. */
  beatenAt: number;
  #taker: Taker;

  constructor(volunteer: Volunteer, nowMs: number) {
    this.volunteer = volunteer;
    this.beatenAt = nowMs;
    this.readySince = nowMs;
    this.#taker = takerOf(volunteer.offer, volunteer.placement);
    this.#fitLanes();
  }

  /** The volunteer has said `ready` again. No lane of it may be idle in an index meanwhile. */
  readyAgain(message: ReadyMessage): void {
    this.volunteer.present(message);
    this.#taker = takerOf(this.volunteer.offer, this.volunteer.placement);
    this.#fitLanes();
  }

  /** For a while nothing could be heard of it, for no fault of its own. */
  excuse(ms: number): void {
    this.volunteer.lastSeenAt += ms;
  }

  get taker(): Taker {
    return this.#taker;
  }

  takes(job: LiveJob): boolean {
    return !this.volunteer.draining && takes(this.#taker, job);
  }

  /** A slot of it begins to rest. @returns its lane; undefined when it has no such slot */
  rest(slot: number): Lane | undefined {
    const lane = this.lanes[slot];
    if (!lane || lane.retired) return undefined;
    this.volunteer.resting.add(slot);
    return lane;
  }

  /** A slot of it has rested. @returns its lane; undefined when it did not rest */
  wake(slot: number): Lane | undefined {
    return this.volunteer.resting.delete(slot) ? this.lanes[slot] : undefined;
  }

  laneOf(lease: Lease): Lane {
    const lane = this.lanes[lease.slot];
    if (!lane) throw new Error(`lease ${lease.number} is on slot ${lease.slot}, which was never there`);
    return lane;
  }

  #fitLanes(): void {
    const { slots } = this.volunteer.offer;
    while (this.lanes.length < slots)
      this.lanes.push(new Lane(this.volunteer, this.lanes.length, this.#taker));
    for (const lane of this.lanes) {
      lane.taker = this.#taker;
      lane.retired = lane.slot >= slots;
      lane.armed = true;
      lane.slowDown();
    }
  }
}
