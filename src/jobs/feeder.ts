import type { JobMessage } from "../protocol/volunteer.ts";
import type { Clock } from "../stdx/clock.ts";
import type { Log } from "../stdx/log.ts";
import { failed } from "./ending.ts";
import { IdleLanes } from "./idle-lanes.ts";
import type { JobPayload } from "./job.ts";
import type { Lane } from "./lane.ts";
import type { Lease, Leases } from "./leases.ts";
import type { LiveJobs } from "./live.ts";
import type { LiveJob } from "./live-job.ts";
import type { PayloadCache } from "./payloads.ts";
import type { JobQueue } from "./queue.ts";

/** How much a lane has of jobs that are not answered, unless one alone is larger. A character takes six bytes at most. */
const aheadCharsMax = 2 * 1024 * 1024;
/** How long a job waits whose payload the disk did not give. */
const reloadMs = 1000;

export interface FeederParts {
  readonly queue: JobQueue;
  readonly leases: Leases;
  readonly live: LiveJobs;
  readonly payloads: PayloadCache;
  readonly clock: Clock;
  readonly log: Log;
}

/** Gives lanes their next jobs. */
export class Feeder {
  readonly #parts: FeederParts;
  readonly #idle = new IdleLanes();
  /** Jobs that are kept from the queue for a while, and until when (monotonic milliseconds). */
  readonly #parked = new Map<LiveJob, number>();
  #stopped = false;
  /** Gives the lane calls that wait, which go before jobs. @returns whether it took any */
  offerCalls: (lane: Lane) => boolean = () => false;
  /** Whether calls wait: then no lane takes jobs ahead. */
  callsWait: () => boolean = () => false;
  /** How many lanes there are, to share short queues among them. */
  laneCount = 0;

  constructor(parts: FeederParts) {
    this.#parts = parts;
    parts.live.onRelief(() => this.feedIdle());
  }

  /** From here on no job is handed out; calls that were let in still are. */
  stop(): void {
    this.#stopped = true;
  }

  /** @param again it was handed out before, and goes before newer work */
  enqueue(job: LiveJob, again: boolean): void {
    if (again) this.#parts.queue.putBack(job);
    else this.#parts.queue.push(job);
    const lane = this.#idle.find(job);
    if (lane) this.feed(lane);
  }

  /** The job goes back to the queue after a while. */
  park(job: LiveJob, delayMs: number): void {
    this.#parked.set(job, this.#parts.clock.monotonic() + delayMs);
  }

  unparkDue(): void {
    const nowMs = this.#parts.clock.monotonic();
    for (const [job, dueAt] of this.#parked) {
      if (dueAt > nowMs) continue;
      this.#parked.delete(job);
      this.enqueue(job, true);
    }
  }

  /** Takes a job out that waits. */
  withdraw(job: LiveJob): void {
    if (!this.#parts.queue.remove(job)) this.#parked.delete(job);
  }

  /** Whether the job is kept from the queue for a while. */
  isParked(job: LiveJob): boolean {
    return this.#parked.has(job);
  }

  /** See `IdleLanes.kindsFor`. */
  idleKindsFor(namespace: string): Iterable<Lane> {
    return this.#idle.kindsFor(namespace);
  }

  /** An idle lane that would get this job next. */
  idleLaneFor(job: LiveJob): Lane | undefined {
    return this.#idle.find(job);
  }

  /** Brings a lane up to what it may hold now. */
  feed(lane: Lane): void {
    if (lane.callsHeld > 0) return;
    const nowMs = this.#parts.clock.monotonic();
    const open = lane.isOpen(nowMs);
    if (lane.leases.length === 0) {
      this.#idle.delete(lane);
      if (open && this.offerCalls(lane)) {
        this.#vacate(lane, nowMs);
        return;
      }
      const job = open && !this.#isHalted ? this.#pick(lane, nowMs) : undefined;
      if (!job) {
        this.#vacate(lane, nowMs);
        // It was the jobs' turn, and none of those that wait is for this lane.
        lane.callsSince = undefined;
        if (open && this.offerCalls(lane)) return;
        if (open) this.#idle.add(lane);
        return;
      }
      this.#grant(lane, job, nowMs);
    }
    if (lane.leases.at(-1)?.sent === false) this.#send(lane, nowMs);
    if (open && lane.mayPrefetch && !this.#isHalted) this.#deepen(lane, nowMs);
  }

  /** Offers work to every lane that has none. */
  feedIdle(): void {
    if (this.#isHalted) return;
    for (const lane of [...this.#idle]) {
      if (this.#parts.queue.size === 0) return;
      this.feed(lane);
    }
  }

  /** The lane is about to change in what it takes. */
  unlist(lane: Lane): void {
    this.#idle.delete(lane);
  }

  /** The lane is not to be found any more; what it held was taken from it before. */
  forget(lane: Lane): void {
    this.#idle.delete(lane);
    this.#vacate(lane, this.#parts.clock.monotonic());
  }

  /** Ends a lease; the next job of the lane comes to its turn. */
  release(lane: Lane, lease: Lease): void {
    this.#parts.leases.end(lease);
    lane.release(lease);
    lane.volunteer.running.delete(lease.job.id);
    this.#advance(lane, this.#parts.clock.monotonic());
  }

  /** The job is at its turn, since its volunteer speaks of it. */
  begin(lane: Lane, lease: Lease, nowMs: number): void {
    if (lease.turnAt !== undefined) return;
    lease.turnAt = nowMs;
    lane.volunteer.running.set(lease.job.id, lease.job);
    this.#parts.live.start(lease.job, lane.volunteer.id);
  }

  get #isHalted(): boolean {
    return this.#stopped || this.#parts.live.congested;
  }

  #pick(lane: Lane, nowMs: number): LiveJob | undefined {
    const { queue } = this.#parts;
    if (lane.namespace !== undefined && lane.occupiedSince !== undefined && !lane.isTurnOver(nowMs)) {
      const job = queue.takeFrom(lane.namespace, lane.taker);
      if (job) return job;
    }
    this.#vacate(lane, nowMs);
    const job = queue.take(lane.taker);
    if (!job) return undefined;
    lane.enter(job, nowMs);
    lane.occupiedSince = nowMs;
    queue.occupy(job.namespace);
    return job;
  }

  #deepen(lane: Lane, nowMs: number): void {
    const { queue } = this.#parts;
    const { namespace } = lane;
    if (namespace === undefined || this.callsWait()) return;
    if (lane.isTurnOver(nowMs)) {
      if (queue.hasRival(lane.taker, namespace)) return;
      queue.charge(namespace, nowMs - (lane.occupiedSince ?? nowMs), false);
      lane.occupiedSince = nowMs;
      lane.renewTurn(nowMs);
    }
    // A lane takes ahead no more than its share of what waits, or the others would stand idle beside it.
    while (lane.leases.length <= Math.ceil(queue.waitingOf(namespace) / Math.max(1, this.laneCount))) {
      const job = queue.takeAhead(namespace, lane.taker, lane);
      if (!job) return;
      this.#grant(lane, job, nowMs);
    }
  }

  /** The lane no longer counts as working for its namespace. */
  #vacate(lane: Lane, nowMs: number): void {
    if (lane.namespace === undefined || lane.occupiedSince === undefined) return;
    this.#parts.queue.charge(lane.namespace, nowMs - lane.occupiedSince, true);
    lane.occupiedSince = undefined;
  }

  #grant(lane: Lane, job: LiveJob, nowMs: number): void {
    const { leases, payloads } = this.#parts;
    job.phase = "leased";
    const lease = leases.issue(job, lane.volunteer.id, lane.slot);
    lane.hold(lease);
    lease.payload = payloads.cached(job.id);
    if (lease.payload) this.#send(lane, nowMs);
    else void this.#load(lane, lease);
  }

  async #load(lane: Lane, lease: Lease): Promise<void> {
    const { job } = lease;
    const { leases, live, log, clock } = this.#parts;
    let payload: JobPayload | undefined;
    let refusal: unknown;
    try {
      payload = await this.#parts.payloads.load(job.id);
    } catch (error) {
      refusal = error;
    }
    if (leases.of(job.id) !== lease) return;
    if (payload) {
      lease.payload = payload;
      this.#send(lane, clock.monotonic());
      return;
    }
    this.release(lane, lease);
    if (refusal) {
      log.warn({ err: refusal, job: job.id }, `job ${job.id} could not be read; it is tried again`);
      live.putBack(job, false);
      this.park(job, reloadMs);
    } else {
      void live.end(job, failed("volunteer_error", "The job's code and input are no longer in the store."));
    }
    this.#send(lane, clock.monotonic());
    this.feed(lane);
  }

  /**
   * Sends what is loaded, in the order of the lane: what waits for its payload holds up those behind it. Large ones go one
   * by one, since a volunteer that has much to read is cut off, whoever's jobs it has.
   */
  #send(lane: Lane, nowMs: number): void {
    let ahead = 0;
    let isFull = false;
    for (const lease of lane.leases) {
      if (lease.payload) lease.chars = charsOf(lease.payload);
      if (!lease.sent) {
        isFull ||= ahead > 0 && ahead + lease.chars > aheadCharsMax;
        if (isFull) {
          lease.shelved ||= lease.payload !== undefined;
          lease.payload = undefined;
          continue;
        }
        if (lease.shelved) this.#unshelve(lane, lease);
        if (!lease.payload) break;
        lane.volunteer.session.send(messageOf(lease, lease.payload));
        lease.sent = true;
        lease.job.dispatchedAt = this.#parts.clock.now();
        lease.payload = undefined;
      }
      ahead += lease.chars;
    }
    this.#advance(lane, nowMs);
  }

  #unshelve(lane: Lane, lease: Lease): void {
    lease.shelved = false;
    lease.payload = this.#parts.payloads.cached(lease.job.id);
    if (!lease.payload) void this.#load(lane, lease);
  }

  #advance(lane: Lane, nowMs: number): void {
    const head = lane.leases[0];
    if (head?.sent) this.begin(lane, head, nowMs);
  }
}

function charsOf({ code, inputJson }: JobPayload): number {
  return (code?.length ?? 0) + inputJson.length;
}

function messageOf({ number, job, slot }: Lease, payload: JobPayload): JobMessage {
  const { spec } = job;
  const message: JobMessage = {
    type: "job",
    job_id: spec.id,
    job_type: spec.language,
    input_data: payload.inputJson === "null" ? null : JSON.parse(payload.inputJson),
    timeout_seconds: spec.timeoutMs / 1000,
    lease: number,
    slot,
    namespace: spec.namespace,
    memory_mb: spec.memoryMb,
  };
  if (spec.wasmCid === undefined) return { ...message, code: payload.code ?? "" };
  return { ...message, wasm_cid: spec.wasmCid, wasm_url: `/ipfs/${spec.wasmCid}` };
}
