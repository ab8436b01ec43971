import type { Connection } from "./connection.ts";
import { type Ending, failed } from "./ending.ts";
import type { Feeder } from "./feeder.ts";
import type { Lease, Leases } from "./leases.ts";
import type { LiveJobs } from "./live.ts";
import type { PayloadCache } from "./payloads.ts";
import type { Throughput } from "./throughput.ts";

export interface LeaseKeeperParts {
  readonly leases: Leases;
  readonly live: LiveJobs;
  readonly payloads: PayloadCache;
  readonly feeder: Feeder;
  readonly throughput: Throughput;
}

/** The ways in which a lease ends. None of them gives the lane its next job: whoever calls feeds it. */
export class LeaseKeeper {
  readonly #parts: LeaseKeeperParts;

  constructor(parts: LeaseKeeperParts) {
    this.#parts = parts;
  }

  /**
   * The lease in force that a message speaks of; `stale` when it speaks of one that this volunteer held before, and
   * `foreign` when it never held the job. A volunteer of the reference protocol names no lease: its present one is meant.
   */
  find(
    connection: Connection,
    message: { job_id: string; lease?: number | undefined },
  ): Lease | "stale" | "foreign" {
    const lease = this.#parts.leases.of(message.job_id);
    const held = lease?.sent === true && lease.volunteerId === connection.volunteer.id;
    if (held && (message.lease === undefined || message.lease === lease.number)) return lease;
    return held || connection.past.has(message.job_id) ? "stale" : "foreign";
  }

  release(connection: Connection, lease: Lease): void {
    if (lease.sent) connection.past.add(lease.job.id);
    this.#parts.feeder.release(connection.laneOf(lease), lease);
  }

  /** The job ends with its lease. @returns whether that is stored; if not, it will be when the disk takes it */
  end(connection: Connection, lease: Lease, ending: Ending): Promise<boolean> {
    const { live, payloads, throughput } = this.#parts;
    const stored = live.end(lease.job, ending);
    payloads.drop(lease.job.id);
    throughput.ended();
    this.release(connection, lease);
    return stored;
  }

  /** The volunteer has failed the job: it waits again, unless it was out too often. @returns whether it waits again */
  lose(connection: Connection, lease: Lease, ending: Ending): boolean {
    const { job } = lease;
    if (lease.sent && job.losses >= job.spec.maxRetries) {
      void this.end(connection, lease, ending);
      return false;
    }
    this.release(connection, lease);
    this.#parts.live.putBack(job, lease.sent);
    return true;
  }

  /** The job was not begun and waits again. */
  giveBack(connection: Connection, lease: Lease): void {
    this.release(connection, lease);
    this.#parts.live.putBack(lease.job, false);
  }

  /** Tells the volunteer that it need not go on. */
  sendCancel(connection: Connection, { job, number, sent }: Lease): void {
    if (sent) connection.volunteer.session.send({ type: "cancel", job_id: job.id, lease: number });
  }
}

export const volunteerLost = failed(
  "volunteer_lost",
  "The volunteer that ran the job was lost, as often as max_retries allows.",
);
