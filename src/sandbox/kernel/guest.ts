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
  { ok: true; resultJson: string | undefined } | { ok: false; code: JobErrorCode; message: string };

/** What the kernel lends to a runtime for one task. */
export interface GuestIo {
  /**
   * Emits guest output. Past the output limit it does not return: the kernel fails the task with `output_exceeded` and
   * waits to be killed, since a guest could catch whatever were thrown here.
   */
  write(stream: OutputStream, text: string): void;
}

/** A guest language in a cell. It runs one task at a time. */
export interface GuestRuntime {
  /** Never throws for what a guest did; a throw is a defect of the runtime and spends the cell. */
  run(task: GuestTask, io: GuestIo): GuestOutcome | Promise<GuestOutcome>;
  /**
   * Called after the outcome was sent, before the next task: removes every trace of the last one.
   * @returns false when it cannot be proved clean: then the cell is spent
   */
  reset(): boolean;
}
