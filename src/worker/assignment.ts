import type { JobStats } from "../protocol/job.ts";
import { limits } from "../protocol/limits.ts";
import type { OutputStream } from "../protocol/output.ts";
import type { JobMessage, VolunteerMessage } from "../protocol/volunteer.ts";
import type { CellOutcome, CellRun, CellStats } from "../sandbox/hosts/cell.ts";
import { parseBoundedJson } from "../stdx/bounded-json.ts";

/** One job that this worker holds a lease on, from its arrival until its answer is sent. */
export class Assignment {
  readonly job: JobMessage;
  /** Set while a cell has it. */
  run: CellRun | undefined;
  /** How often it was given to a cell. */
  begins = 0;
  /** Why it is being taken back from its cell: its outcome is then not an answer. */
  takenBack: "returned" | "cancelled" | undefined;
  readonly #output: Record<OutputStream, string> = { stdout: "", stderr: "" };
  /** How much of each stream went out live. */
  readonly #sent: Record<OutputStream, number> = { stdout: 0, stderr: 0 };
  #outputLength = 0;

  constructor(job: JobMessage) {
    this.job = job;
  }

  /**
   * Keeps what the guest printed.
   * @returns false when there is more of it than an honest kernel lets through
   */
  print(stream: OutputStream, text: string): boolean {
    this.#outputLength += text.length;
    if (this.#outputLength > limits.outputBytesMax) return false;
    this.#output[stream] += text;
    return true;
  }

  /** What was printed since the last call, as messages. */
  *unsentLogs(): Generator<VolunteerMessage> {
    for (const stream of ["stdout", "stderr"] as const) {
      const text = this.#output[stream].slice(this.#sent[stream]);
      if (text === "") continue;
      this.#sent[stream] += text.length;
      yield { type: "log", job_id: this.job.job_id, lease: this.job.lease, stream, text };
    }
  }

  /** The message that ends the job. */
  answer(outcome: Extract<CellOutcome, { kind: "completed" | "failed" }>): VolunteerMessage {
    const common = {
      job_id: this.job.job_id,
      lease: this.job.lease,
      stdout: this.#output.stdout,
      stderr: this.#output.stderr,
      stats: statsOf(outcome.stats),
    };
    if (outcome.kind === "failed")
      return { type: "error", ...common, code: outcome.code, error: outcome.message };
    if (outcome.resultJson === undefined) return { type: "result", ...common };
    try {
      return { type: "result", ...common, result: parseBoundedJson(outcome.resultJson) };
    } catch {
      const error = "The result is not JSON, or is nested too deeply.";
      return { type: "error", ...common, code: "result_not_json", error };
    }
  }

  failure(code: string, error: string): VolunteerMessage {
    const { stdout, stderr } = this.#output;
    return { type: "error", job_id: this.job.job_id, lease: this.job.lease, code, error, stdout, stderr };
  }
}

function statsOf(stats: CellStats): JobStats {
  return {
    wall_ms: stats.wallMs,
    ...(stats.cpuMs !== undefined && { cpu_ms: stats.cpuMs }),
    ...(stats.peakMemoryBytes !== undefined && { peak_memory_bytes: stats.peakMemoryBytes }),
  };
}
