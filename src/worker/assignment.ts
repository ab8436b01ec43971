import type { JobStats } from "../protocol/job.ts";
import type { Json } from "../protocol/json.ts";
import { type CellKind, cellKindOf, type Language } from "../protocol/languages.ts";
import { limits } from "../protocol/limits.ts";
import type { OutputStream } from "../protocol/output.ts";
import type {
  FunctionMessage,
  InvokeMessage,
  JobMessage,
  ResponseMessage,
  VolunteerMessage,
} from "../protocol/volunteer.ts";
import type { Cell, CellCode, CellOutcome, CellRun, CellStats, CellWork } from "../sandbox/hosts/cell.ts";
import { parseBoundedJson } from "../stdx/bounded-json.ts";
import { fitsUtf8 } from "../stdx/utf8.ts";

export type Answered = Extract<CellOutcome, { kind: "completed" | "failed" }>;
/** The module of a wasm guest, and the path at which the orchestrator has it. */
export interface ModuleName {
  readonly cid: string;
  readonly path: string;
}

/** A character takes six bytes at most, in what was printed too. */
const surelyFramedChars = limits.frameBytesMax / 6 - 2 * limits.outputBytesMax;

/** A job or a call that this worker holds a lease on, from its arrival until its answer is sent. */
export abstract class Assignment {
  abstract readonly id: string;
  abstract readonly lease: number;
  abstract readonly namespace: string;
  abstract readonly timeoutMs: number;
  abstract readonly memoryMb: number;
  abstract readonly language: Language;
  /** Undefined: any cell of the kind will do that serves the namespace. Else the function of which it takes an instance. */
  abstract readonly functionId: string | undefined;
  abstract readonly moduleName: ModuleName | undefined;
  /** The cell that has it, or had it last. */
  cell: Cell | undefined;
  /** Set while a cell has it. */
  run: CellRun | undefined;
  /** It has come to its turn. */
  begun = false;
  /** How often it was given to a cell. */
  begins = 0;
  /** Why it is being taken back from its cell: its outcome is then not an answer. */
  takenBack: "returned" | "cancelled" | "abandoned" | "given up" | undefined;
  protected readonly output: Record<OutputStream, string> = { stdout: "", stderr: "" };
  /** How much of each stream went out live. */
  readonly #sent: Record<OutputStream, number> = { stdout: 0, stderr: 0 };
  #outputLength = 0;

  get cellKind(): CellKind {
    return cellKindOf(this.language);
  }

  abstract work(module: CellCode["module"]): CellWork;
  /** The message that ends it. */
  abstract answer(outcome: Answered): VolunteerMessage;

  /**
   * Keeps what the guest printed.
   * @returns false when there is more of it than an honest kernel lets through
   */
  print(stream: OutputStream, text: string): boolean {
    this.#outputLength += text.length;
    if (this.#outputLength > limits.outputBytesMax) return false;
    this.output[stream] += text;
    return true;
  }

  /** What was printed since the last call, as messages. */
  *unsentLogs(): Generator<VolunteerMessage> {
    for (const stream of ["stdout", "stderr"] as const) {
      const text = this.output[stream].slice(this.#sent[stream]);
      if (text === "") continue;
      this.#sent[stream] += text.length;
      yield { type: "log", job_id: this.id, lease: this.lease, stream, text };
    }
  }

  failure(code: string, error: string, stats?: CellStats): VolunteerMessage {
    return { type: "error", ...this.common(), code, error, ...(stats && { stats: statsOf(stats) }) };
  }

  /** The message, if a frame can carry it: written anew, a guest's JSON may be several times as long. */
  protected framed(
    message: VolunteerMessage,
    { resultJson = "", stats }: Extract<CellOutcome, { kind: "completed" }>,
  ): VolunteerMessage {
    if (resultJson.length <= surelyFramedChars) return message;
    if (fitsUtf8(JSON.stringify(message), limits.frameBytesMax)) return message;
    const sentence =
      "The result's JSON is too large for a message, in which numbers are written out and text is escaped.";
    return this.failure("result_too_large", sentence, stats);
  }

  protected common() {
    return { job_id: this.id, lease: this.lease, ...this.output };
  }
}

export class JobAssignment extends Assignment {
  readonly job: JobMessage;
  readonly functionId = undefined;

  constructor(job: JobMessage) {
    super();
    this.job = job;
  }

  get id(): string {
    return this.job.job_id;
  }

  get lease(): number {
    return this.job.lease;
  }

  get namespace(): string {
    return this.job.namespace;
  }

  get timeoutMs(): number {
    return this.job.timeout_seconds * 1000;
  }

  get memoryMb(): number {
    return this.job.memory_mb;
  }

  get language(): Language {
    return this.job.job_type;
  }

  get moduleName(): ModuleName | undefined {
    return this.job.job_type === "wasm" ? moduleNameOf(this.job) : undefined;
  }

  work(module: CellCode["module"]): CellWork {
    const { job_type: language, code = "", input_data } = this.job;
    return { kind: "run", language, code, module, inputJson: JSON.stringify(input_data) };
  }

  answer(outcome: Answered): VolunteerMessage {
    if (outcome.kind === "failed") return this.failure(outcome.code, outcome.message, outcome.stats);
    const common = { type: "result", ...this.common(), stats: statsOf(outcome.stats) } as const;
    if (outcome.resultJson === undefined) return common;
    try {
      const message = { ...common, result: parseBoundedJson<Json>(outcome.resultJson) };
      return this.framed(message, outcome);
    } catch {
      return this.failure(
        "result_not_json",
        "The result is not JSON, or is nested too deeply.",
        outcome.stats,
      );
    }
  }
}

export class CallAssignment extends Assignment {
  readonly call: InvokeMessage;
  readonly function: FunctionMessage;
  /** The function had to be loaded for it. */
  cold = false;

  constructor(call: InvokeMessage, called: FunctionMessage) {
    super();
    this.call = call;
    this.function = called;
  }

  get id(): string {
    return this.call.job_id;
  }

  get lease(): number {
    return this.call.lease;
  }

  get namespace(): string {
    return this.function.namespace;
  }

  get timeoutMs(): number {
    return this.call.timeout_seconds * 1000;
  }

  get memoryMb(): number {
    return this.function.memory_mb;
  }

  get language(): Language {
    return this.function.runtime;
  }

  get functionId(): string {
    return this.function.function_id;
  }

  get moduleName(): ModuleName | undefined {
    return this.function.runtime === "wasm" ? moduleNameOf(this.function) : undefined;
  }

  work(): CellWork {
    return { kind: "call", requestJson: this.call.request_json };
  }

  /** What makes a cell an instance of the function. */
  loading(module: CellCode["module"]): CellWork {
    const { runtime: language, code = "", env } = this.function;
    return { kind: "load", language, code, module, env };
  }

  answer(outcome: Answered): VolunteerMessage {
    if (outcome.kind === "failed") return this.failure(outcome.code, outcome.message, outcome.stats);
    const { resultJson, stats } = outcome;
    const { id, lease, cold } = this;
    const { stdout, stderr } = this.output;
    const message: ResponseMessage = {
      type: "response",
      job_id: id,
      lease,
      stdout,
      stderr,
      cold,
      stats: statsOf(stats),
    };
    if (resultJson !== undefined) message.response_json = resultJson;
    return this.framed(message, outcome);
  }
}

function moduleNameOf(message: { wasm_cid?: string | undefined; wasm_url?: string | undefined }): ModuleName {
  const { wasm_cid: cid = "", wasm_url: path = `/ipfs/${cid}` } = message;
  return { cid, path };
}

function statsOf(stats: CellStats): JobStats {
  // A thousandth of a millisecond is finer than any clock here.
  const told: JobStats = { wall_ms: Math.round(stats.wallMs * 1000) / 1000 };
  if (stats.cpuMs !== undefined) told.cpu_ms = stats.cpuMs;
  if (stats.peakMemoryBytes !== undefined) told.peak_memory_bytes = stats.peakMemoryBytes;
  return told;
}
