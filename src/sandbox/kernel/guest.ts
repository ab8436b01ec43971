import type { JobErrorCode } from "../../protocol/errors.ts";
import type { OutputStream } from "../../protocol/output.ts";

/** One piece of guest work, as a language runtime inside the cell sees it. */
export interface GuestTask {
  /** Source text; empty for wasm. */
  code: string;
  /** The module's bytes, for wasm; stable identity per CID, so runtimes may cache the compiled module on it. */
  module: Uint8Array | undefined;
  /** The input as JSON text. */
  inputJson: string;
  memoryMb: number;
}

export type GuestOutcome =
  /** `resultJson` is undefined when the guest returned nothing. */
  | { ok: true; resultJson: string | undefined }
  /** `spent`: the call of a function left it in no state to answer another, so the cell has to be replaced. */
  | { ok: false; code: JobErrorCode; message: string; spent?: true };

/** What the kernel lends to a runtime for one task. */
export interface GuestIo {
  /**
   * Emits guest output. Past the output limit it does not return: the kernel fails the task with `output_exceeded` and
   * waits to be killed, since a guest could catch whatever were thrown here.
   */
  write(stream: OutputStream, text: string): void;
  /**
   * Asks the orchestrator, and blocks until the answer is there. What may be asked is in `protocol/host-calls.ts`.
   * @param argsJson the operation's arguments as JSON text, as the guest gave them: nobody has checked them yet
   * @returns a `HostAnswer` as JSON text
   */
  ask(op: string, argsJson: string): string;
}

/** A function's code, to be loaded once and called often. */
export interface FunctionTask {
  /** Source text; empty for wasm. */
  code: string;
  module: Uint8Array | undefined;
  memoryMb: number;
  /** The environment variables that were deployed with it. */
  env: Readonly<Record<string, string>>;
}

/** A loaded function: its globals live on between calls. */
export interface GuestHandler {
  /**
   * @param requestJson a `FunctionRequest` as JSON text
   * @returns as the result: what the handler returned, as JSON text
   */
  call(requestJson: string, io: GuestIo): GuestOutcome | Promise<GuestOutcome>;
}

export type LoadOutcome =
  | { ok: true; handler: GuestHandler }
  /** It does not compile, has no handler, or its top level failed; the message says where and why. */
  | { ok: false; code: JobErrorCode; message: string };

/** A guest language in a cell. It runs one task at a time. */
export interface GuestRuntime {
  /** Never throws for what a guest did; a throw is a defect of the runtime and spends the cell. */
  run(task: GuestTask, io: GuestIo): GuestOutcome | Promise<GuestOutcome>;
  /** Loads a function. A cell that has loaded one runs nothing but its calls, until it is killed. */
  load(task: FunctionTask, io: GuestIo): LoadOutcome | Promise<LoadOutcome>;
  /**
   * Called after the outcome was sent, before the next task: removes every trace of the last one.
   * @returns false when it cannot be proved clean: then the cell is spent
   */
  reset(): boolean;
}
