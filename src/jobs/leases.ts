import type { JobId, VolunteerId } from "../stdx/ids.ts";
import type { JobPayload } from "./job.ts";
import type { LiveJob } from "./live-job.ts";

/** One handing of a job to a slot of a volunteer. What arrives under another number than the present one is dropped. */
export interface Lease {
  /** The fencing number. */
  readonly number: number;
  readonly job: LiveJob;
  readonly volunteerId: VolunteerId;
  readonly slot: number;
  /** Until it is sent: what to send, once that is loaded. */
  payload: JobPayload | undefined;
  /** Characters of its payload; 0 until it was loaded for the first time. */
  chars: number;
  /** Its payload was put back, until there is room ahead of the lane. */
  shelved: boolean;
  sent: boolean;
  /** Monotonic milliseconds at which the job came to its turn, as far as we can see. */
  turnAt: number | undefined;
  /** How much live output was let through. */
  logChars: number;
}

const counterMax = 2 ** 32;
const epochMax = 2 ** 21;

/** Every lease in force, one per job at most. */
export class Leases {
  readonly #byJob = new Map<string, Lease>();
  #epoch: number;
  #counter = 0;
  #issued = 0;

  /**
   * @param epoch 21 bits above the counter, drawn anew at each start, so that a number of an earlier life of the
   * orchestrator is no number of this one, and every number is exact as a JavaScript number
   */
  constructor(epoch: number = randomEpoch()) {
    this.#epoch = epoch;
  }

  get size(): number {
    return this.#byJob.size;
  }

  /** How many were ever given. */
  get issued(): number {
    return this.#issued;
  }

  issue(job: LiveJob, volunteerId: VolunteerId, slot: number): Lease {
    if (this.#counter === counterMax) {
      this.#epoch = (this.#epoch + 1) % epochMax;
      this.#counter = 0;
    }
    const number = this.#epoch * counterMax + this.#counter++;
    const lease: Lease = {
      number,
      job,
      volunteerId,
      slot,
      payload: undefined,
      chars: 0,
      shelved: false,
      sent: false,
      turnAt: undefined,
      logChars: 0,
    };
    this.#byJob.set(job.id, lease);
    this.#issued++;
    return lease;
  }

  of(jobId: string): Lease | undefined {
    return this.#byJob.get(jobId);
  }

  end(lease: Lease): void {
    this.#byJob.delete(lease.job.id);
  }
}

function randomEpoch(): number {
  const [bits = 0] = crypto.getRandomValues(new Uint32Array(1));
  return bits % epochMax;
}

/** How many ended leases a volunteer may still speak of before we take it for a liar. */
const rememberedMax = 2048;

/** The jobs that a volunteer held lately: what it says of them comes late, but not from nowhere. */
export class PastLeases {
  readonly #ids = new Set<string>();
  readonly #ring: JobId[] = [];
  #next = 0;

  has(jobId: string): boolean {
    return this.#ids.has(jobId);
  }

  add(jobId: JobId): void {
    if (this.#ids.has(jobId)) return;
    const forgotten = this.#ring[this.#next];
    if (forgotten !== undefined) this.#ids.delete(forgotten);
    this.#ring[this.#next] = jobId;
    this.#ids.add(jobId);
    this.#next = (this.#next + 1) % rememberedMax;
  }
}
