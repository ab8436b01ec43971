import type { ReadyMessage } from "../protocol/volunteer.ts";
import { offerOf, type Volunteer } from "../volunteers/registry.ts";
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
    this.#taker = takerOf(volunteer.offer);
    this.#fitLanes();
  }

  /** The volunteer has said `ready` again. No lane of it may be idle in an index meanwhile. */
  readyAgain(message: ReadyMessage): void {
    this.volunteer.offer = offerOf(message);
    this.#taker = takerOf(this.volunteer.offer);
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
    }
  }
}
