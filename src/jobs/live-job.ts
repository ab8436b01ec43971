import type { HeapItem } from "../stdx/heap.ts";
import type { JobId, VolunteerId } from "../stdx/ids.ts";
import type { JobOutput, JobProgress, JobRecord, JobSpec } from "./job.ts";
import type { JobTrace } from "./job-trace.ts";
import { type LogPart, unread } from "./log-position.ts";
import { memoryStepsOf, type Need } from "./match.ts";

/** How many characters of a running job's output are kept for those who begin to listen late. */
const tailCharsMax = 64 * 1024;

export interface EndedJob {
  readonly record: JobRecord;
  readonly output: JobOutput;
}

/** A job that has not ended, in memory. `waiting` in the queue, `leased` to a volunteer, or `ending`: being stored. */
export class LiveJob implements HeapItem, Need {
  readonly spec: JobSpec;
  /** Its place in the order of submission, which it keeps when it comes back. */
  readonly seq: number;
  readonly memorySteps: number;
  heapAt = -1;
  /** Whether a queue holds it. */
  queued = false;
  phase: "waiting" | "leased" | "ending" = "waiting";
  /** How often it was handed to a volunteer that then failed it. */
  losses: number;
  /** Set while it is at its turn. */
  volunteerId: VolunteerId | undefined;
  /** Milliseconds since the Unix epoch; set while a volunteer has it. */
  dispatchedAt: number | undefined;
  /** Milliseconds since the Unix epoch; set while it is at its turn. */
  startedAt: number | undefined;
  /** Set while the request that submitted it is traced. */
  trace: JobTrace | undefined;
  listeners: Set<(ended: EndedJob) => void> | undefined;
  #tail: LogPart[] = [];
  #tailChars = 0;
  /** How many characters it printed in this attempt. */
  #printed = { stdout: 0, stderr: 0 };

  constructor(spec: JobSpec, seq: number, losses: number) {
    this.spec = spec;
    this.seq = seq;
    this.losses = losses;
    this.memorySteps = memoryStepsOf(spec.memoryMb);
  }

  get id(): JobId {
    return this.spec.id;
  }

  get language(): JobSpec["language"] {
    return this.spec.language;
  }

  get usesDatabase(): boolean {
    return this.spec.usesDatabase;
  }

  get placement(): JobSpec["placement"] {
    return this.spec.placement;
  }

  get namespace(): string {
    return this.spec.namespace;
  }

  /** Lost attempts, and the present one. */
  get attempts(): number {
    return this.startedAt === undefined ? this.losses : this.losses + 1;
  }

  /**
   * A job that was lost before, or that must not run twice, goes to a volunteer alone: a job that brings its volunteer
   * down would else cost those behind it an attempt too.
   */
  get runsAlone(): boolean {
    return this.losses > 0 || this.spec.maxRetries === 0;
  }

  get progress(): JobProgress {
    return {
      status: this.startedAt === undefined ? "pending" : "running",
      attempts: this.attempts,
      volunteerId: this.volunteerId,
      startedAt: this.startedAt,
    };
  }

  get record(): JobRecord {
    return { spec: this.spec, state: this.progress };
  }

  /** The last of what it printed in this attempt. */
  get tail(): readonly LogPart[] {
    return this.#tail;
  }

  print(stream: LogPart["stream"], text: string): LogPart {
    const part = { attempt: this.attempts, stream, at: this.#printed[stream], text };
    this.#printed[stream] += text.length;
    this.#tail.push(part);
    this.#tailChars += text.length;
    while (this.#tailChars > tailCharsMax) {
      const oldest = this.#tail.shift();
      if (!oldest) break;
      this.#tailChars -= oldest.text.length;
    }
    return part;
  }

  /** What of its output was not printed while it ran, as of short jobs and of volunteers that print nothing. */
  unprinted({ stdout, stderr }: JobOutput, attempt: number): LogPart[] {
    const whole: LogPart[] = [
      { attempt, stream: "stdout", at: 0, text: stdout },
      { attempt, stream: "stderr", at: 0, text: stderr },
    ];
    const left = whole.flatMap((part) => unread(part, { attempt, ...this.#printed }) ?? []);
    return left.filter(({ text }) => text !== "");
  }

  forgetTail(): void {
    if (this.#tail.length === 0) return;
    this.#tail = [];
    this.#tailChars = 0;
    this.#printed = { stdout: 0, stderr: 0 };
  }
}
