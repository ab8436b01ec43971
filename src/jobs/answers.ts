import { limits } from "../protocol/limits.ts";
import type { ErrorMessage, HostMessage, ResponseMessage, VolunteerMessage } from "../protocol/volunteer.ts";
import type { Clock } from "../stdx/clock.ts";
import type { Connection } from "./connection.ts";
import { type Ending, endingOfError, endingOfResult, isVolunteersFault } from "./ending.ts";
import type { Feeder } from "./feeder.ts";
import type { LeaseKeeper } from "./lease-keeper.ts";
import type { Lease } from "./leases.ts";
import type { LiveJobs } from "./live.ts";
import type { LiveJob } from "./live-job.ts";

/** How long a retry waits for another volunteer than the one that failed it, at first and at most. */
const elsewhereMsMin = 250;
const elsewhereMsMax = 15_000;

/** What a volunteer says of a job. */
export type Answer = Extract<VolunteerMessage, { job_id: string }>;

/** What has happened since the start. */
export interface DispatcherCounts {
  /** Jobs that volunteers gave back unstarted. */
  returned: number;
  /** Jobs that went back to the queue since their volunteer failed them. */
  retried: number;
  /** Messages that came on a lease no longer in force, and were dropped. */
  stale: number;
  /** Volunteers that fell silent. */
  silent: number;
  /** Jobs that a volunteer held past their timeout. */
  overdue: number;
}

export interface AnswersParts {
  readonly live: LiveJobs;
  readonly clock: Clock;
  readonly feeder: Feeder;
  readonly keeper: LeaseKeeper;
  readonly counts: DispatcherCounts;
  connections(): IteratorObject<Connection>;
}

/** Acts on what volunteers say of the jobs they hold. */
export class Answers {
  readonly #parts: AnswersParts;

  constructor(parts: AnswersParts) {
    this.#parts = parts;
  }

  /** @returns false when the volunteer never held the job, and has no business to speak of it */
  take(connection: Connection, message: Exclude<Answer, ResponseMessage | HostMessage>): boolean {
    const lease = this.#parts.keeper.find(connection, message);
    if (lease === "foreign") return false;
    if (lease === "stale") this.#parts.counts.stale++;
    else if (message.type === "result") this.#ran(connection, lease, endingOfResult(message));
    else if (message.type === "error") this.#error(connection, lease, message);
    else if (message.type === "log") this.#log(lease, message);
    else this.#returned(connection, lease);
    return true;
  }

  #error(connection: Connection, lease: Lease, message: ErrorMessage): void {
    const ending = endingOfError(message);
    if (isVolunteersFault(ending)) this.#fault(connection, lease, ending);
    else this.#ran(connection, lease, ending);
  }

  /** The volunteer has run the job, well or badly. */
  #ran(connection: Connection, lease: Lease, ending: Ending): void {
    const { clock, feeder, keeper } = this.#parts;
    const lane = connection.laneOf(lease);
    const nowMs = clock.monotonic();
    feeder.begin(lane, lease, nowMs);
    const tookMs = nowMs - (lease.turnAt ?? nowMs);
    lane.ran(lease.job.language, ending.stats?.wall_ms ?? tookMs);
    lane.volunteer.worked(lease.job.language, tookMs, ending.stats?.wall_ms);
    if (ending.status === "completed") connection.volunteer.jobsCompleted++;
    else connection.volunteer.jobsFailed++;
    void keeper.end(connection, lease, ending);
    feeder.feed(lane);
  }

  /** The volunteer could not run the job, by its own fault. */
  #fault(connection: Connection, lease: Lease, ending: Ending): void {
    const { clock, counts, feeder, keeper } = this.#parts;
    const lane = connection.laneOf(lease);
    const nowMs = clock.monotonic();
    feeder.begin(lane, lease, nowMs);
    connection.volunteer.jobsFailed++;
    connection.volunteer.worked(lease.job.language, nowMs - (lease.turnAt ?? nowMs), ending.stats?.wall_ms);
    lane.failed(nowMs);
    if (keeper.lose(connection, lease, ending)) {
      counts.retried++;
      this.#retryElsewhere(lease.job, connection);
    }
    feeder.feed(lane);
  }

  /** Better a while later on another volunteer than at once on the one that just failed the job. */
  #retryElsewhere(job: LiveJob, failing: Connection): void {
    const { connections, feeder } = this.#parts;
    const idle = feeder.idleLaneFor(job);
    const isElsewhere = idle !== undefined && idle.volunteer !== failing.volunteer;
    if (isElsewhere || !connections().some((other) => other !== failing && other.takes(job))) {
      feeder.enqueue(job, true);
    } else {
      feeder.park(job, Math.min(elsewhereMsMax, elsewhereMsMin * 4 ** (job.losses - 1)));
    }
  }

  #log(lease: Lease, { stream, text }: Extract<Answer, { type: "log" }>): void {
    lease.logChars += text.length;
    if (lease.logChars <= limits.outputBytesMax) this.#parts.live.print(lease.job, stream, text);
  }

  #returned(connection: Connection, lease: Lease): void {
    const { clock, counts, feeder, keeper } = this.#parts;
    const lane = connection.laneOf(lease);
    counts.returned++;
    lane.slow ||= !lane.isResting;
    keeper.giveBack(connection, lease);
    // A lane that gives back what it was to run at once must not be given it again in a circle.
    if (lane.leases.length === 0 && !lane.isResting) lane.failed(clock.monotonic());
    feeder.enqueue(lease.job, true);
    feeder.feed(lane);
  }
}
